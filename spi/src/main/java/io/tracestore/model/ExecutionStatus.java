package io.tracestore.model;

/** The state of the execution that a trace records. */
public sealed interface ExecutionStatus {
  /** The status without its detail, as filters and indexes use it. */
  enum Kind {
    /** Not started. */
    PENDING("Pending", false),
    /** Started, not finished. */
    RUNNING("Running", false),
    /** Finished well. */
    COMPLETED("Completed", true),
    /** Finished with an error. */
    FAILED("Failed", true),
    /** Stopped before its end. */
    CANCELLED("Cancelled", true);

    private final String wireName;
    private final boolean terminal;

    Kind(String wireName, boolean terminal) {
      this.wireName = wireName;
      this.terminal = terminal;
    }

    /** The name in Reflow's JSON, such as {@code Pending}. */
    public String wireName() {
      return wireName;
    }

    /** Whether the execution is over: a later write never turns such a trace back. */
    public boolean isTerminal() {
      return terminal;
    }
  }

  /** This status without its detail. */
  Kind kind();

  /** Not started. */
  record Pending() implements ExecutionStatus {
    private static final Pending INSTANCE = new Pending();

    @Override
    public Kind kind() {
      return Kind.PENDING;
    }
  }

  /** Started, not finished. */
  record Running() implements ExecutionStatus {
    private static final Running INSTANCE = new Running();

    @Override
    public Kind kind() {
      return Kind.RUNNING;
    }
  }

  /** Finished well. */
  record Completed() implements ExecutionStatus {
    private static final Completed INSTANCE = new Completed();

    @Override
    public Kind kind() {
      return Kind.COMPLETED;
    }
  }

  /**
   * Finished with an error.
   *
   * @param error what went wrong; may be empty
   */
  record Failed(String error) implements ExecutionStatus {
    public Failed {
      Checks.text("status.error", error);
    }

    @Override
    public Kind kind() {
      return Kind.FAILED;
    }
  }

  /** Stopped before its end. */
  record Cancelled() implements ExecutionStatus {
    private static final Cancelled INSTANCE = new Cancelled();

    @Override
    public Kind kind() {
      return Kind.CANCELLED;
    }
  }

  /** Not started. */
  static ExecutionStatus pending() {
    return Pending.INSTANCE;
  }

  /** Started, not finished. */
  static ExecutionStatus running() {
    return Running.INSTANCE;
  }

  /** Finished well. */
  static ExecutionStatus completed() {
    return Completed.INSTANCE;
  }

  /** Finished with {@code error}. */
  static ExecutionStatus failed(String error) {
    return new Failed(error);
  }

  /** Stopped before its end. */
  static ExecutionStatus cancelled() {
    return Cancelled.INSTANCE;
  }

  /**
   * The status of {@code kind}; {@code error} belongs to a failed one and is not read otherwise.
   */
  static ExecutionStatus of(Kind kind, String error) {
    return switch (kind) {
      case PENDING -> pending();
      case RUNNING -> running();
      case COMPLETED -> completed();
      case FAILED -> failed(error);
      case CANCELLED -> cancelled();
    };
  }
}
