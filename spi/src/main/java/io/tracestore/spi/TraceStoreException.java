package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The base of all exceptions of a store. The message is one line that names the thing and the way
 * out, and shows no secret; the driver's exception, if there was one, is the cause.
 */
public class TraceStoreException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public TraceStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The error of a call whose thread was interrupted; the thread's flag is set again. */
  public static TraceStoreException interrupted(String doing, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new TraceStoreException("interrupted while " + doing, cause);
  }

  /**
   * Whether the same call may succeed later although nobody changes anything. Every write may be
   * repeated safely, also after one whose outcome is not known.
   */
  public boolean isRetryable() {
    return false;
  }
}
