package io.tracestore.provider.chronicle;

/**
 * Lets many read or one write. Threads of this process only ask for it one after another as {@link
 * Engine} does: it has no rules among them.
 */
interface Gate extends AutoCloseable {
  /** Begins to read; waits while another process writes. False if its write has to be undone. */
  boolean enterToRead();

  void leaveReading();

  /**
   * Begins to write; waits until nobody else reads or writes. What that finds is repaired first.
   */
  void enterToWrite(Repairs repairs);

  /**
   * Whether nobody has changed anything since the owner of this gate did, if it ever did. Only
   * while writing.
   */
  boolean wasLastToChange();

  /** From here on, a sudden end leaves something to be undone. */
  void changing();

  /** What was changed is whole again, done or undone. */
  void changed();

  /** Whether what was changed is half done, because undoing it failed. */
  boolean isChanging();

  /** Ends the write. If it is half done, whoever enters next has to repair it. */
  void leaveWriting();

  @Override
  void close();

  /** What is to be done after a process ended suddenly. Nobody else reads or writes meanwhile. */
  interface Repairs {
    /** A process ended while it read: its locks are still there. */
    void afterReader();

    /** A process ended while it changed entries: some may be half there. */
    void afterWriter();
  }

  /** The gate of a map that no other process knows. */
  Gate PRIVATE =
      new Gate() {
        @Override
        public boolean enterToRead() {
          return true;
        }

        @Override
        public void leaveReading() {}

        @Override
        public void enterToWrite(Repairs repairs) {}

        @Override
        public boolean wasLastToChange() {
          return true;
        }

        @Override
        public void changing() {}

        @Override
        public void changed() {}

        @Override
        public boolean isChanging() {
          return false;
        }

        @Override
        public void leaveWriting() {}

        @Override
        public void close() {}
      };
}
