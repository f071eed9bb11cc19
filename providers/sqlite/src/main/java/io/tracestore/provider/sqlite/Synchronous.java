package io.tracestore.provider.sqlite;

/**
 * The moments at which SQLite waits for the disk. With each value, a write that returned survives
 * the end of the process; the difference is a crash of the operating system or a loss of power.
 */
public enum Synchronous {
  /** Never: such a crash may damage the file. */
  OFF,
  /** At checkpoints: in WAL mode such a crash may take back the last writes and damages nothing. */
  NORMAL,
  /** At every commit: nothing that was written is lost. */
  FULL,
  /** As FULL, and the directory too where a journal is deleted. */
  EXTRA
}
