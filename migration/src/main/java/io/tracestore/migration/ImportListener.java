package io.tracestore.migration;

/**
 * Gets the progress of an import, on the thread that runs it. Every method does nothing by default.
 */
public interface ImportListener {
  /** Does nothing. */
  ImportListener NONE = new ImportListener() {};

  /**
   * More was read.
   *
   * @param bytes the bytes read so far, of all files, as they lie on disk
   * @param totalBytes the size of all files; -1 if one of them is a stream
   */
  default void read(long bytes, long totalBytes) {}

  /**
   * More was stored.
   *
   * @param traces the traces stored so far
   */
  default void stored(long traces) {}

  /** A part of a source was not stored. */
  default void rejected(Rejection rejection) {}
}
