package io.tracestore;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.config.StoreUri;
import io.tracestore.spi.internal.Redactor;
import java.io.Serial;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secrets of one URI, and exceptions without them. Not safe for several threads. */
final class Secrets {
  private static final Pattern USER_INFO = Pattern.compile("//[^:]*:(.*)@");
  private static final Pattern USER_ALONE = Pattern.compile("//([^:/]*)@");
  private static final int MAX_CAUSES = 20;

  private final Redactor redactor = new Redactor();

  void add(String secret) {
    redactor.addSecret(secret);
  }

  /**
   * Adds the password in the body and the values of options whose name says that they are secret.
   * Text that the URI shows anyway, such as the user and the host, stays readable.
   */
  void addAllOf(StoreUri uri) {
    redactor.addPublic(uri.toString());
    Matcher userInfo = USER_INFO.matcher(uri.rawBody());
    if (userInfo.find()) {
      addPassword(userInfo.group(1));
    } else if (StoreUri.isPasswordWithoutUser(uri.scheme())) {
      Matcher user = USER_ALONE.matcher(uri.rawBody());
      if (user.lookingAt()) {
        addPassword(user.group(1));
      }
    }
    uri.options()
        .forEach((name, value) -> {
          if (StoreUri.isSecretName(name)) {
            add(value);
          }
        });
  }

  private void addPassword(String password) {
    add(password);
    add(StoreUri.percentDecode(password, "the password"));
  }

  /**
   * {@code e} itself if no message in it shows a secret, otherwise one of its kind that shows none.
   */
  TraceStoreException hideIn(TraceStoreException e) {
    if (!isShownIn(e, MAX_CAUSES)) {
      return e;
    }
    TraceStoreException hidden = sameKind(e, hide(e.getMessage()), copy(e.getCause(), MAX_CAUSES));
    finish(hidden, e, MAX_CAUSES);
    return hidden;
  }

  private boolean isShownIn(@Nullable Throwable e, int depth) {
    if (e == null || depth == 0) {
      return e != null && !redactor.isEmpty();
    }
    for (Throwable suppressed : e.getSuppressed()) {
      if (isShownIn(suppressed, depth - 1)) {
        return true;
      }
    }
    return !hide(e.toString()).equals(e.toString()) || isShownIn(e.getCause(), depth - 1);
  }

  private String hide(@Nullable String message) {
    return redactor.hide(String.valueOf(message));
  }

  private @Nullable Throwable copy(@Nullable Throwable e, int depth) {
    if (e == null || depth == 0) {
      return null;
    }
    RedactedException copy =
        new RedactedException(hide(e.toString()), copy(e.getCause(), depth - 1));
    finish(copy, e, depth);
    return copy;
  }

  private void finish(Throwable copy, Throwable original, int depth) {
    copy.setStackTrace(original.getStackTrace());
    for (Throwable suppressed : original.getSuppressed()) {
      Throwable hidden = copy(suppressed, depth - 1);
      if (hidden != null) {
        copy.addSuppressed(hidden);
      }
    }
  }

  private static TraceStoreException sameKind(
      TraceStoreException e, String message, @Nullable Throwable cause) {
    return switch (e) {
      case StoreConfigurationException same -> new StoreConfigurationException(message, cause);
      case StoreUnavailableException same -> new StoreUnavailableException(message, cause);
      case StoreTimeoutException same -> new StoreTimeoutException(message, cause);
      case StoreCapacityException same -> new StoreCapacityException(message, cause);
      case StoreConflictException same -> new StoreConflictException(message, cause);
      case CorruptDataException same -> new CorruptDataException(message, cause);
      default -> new OtherKind(message, cause, e.isRetryable());
    };
  }

  /** Replaces an exception of a kind that cannot be made here. */
  private static final class OtherKind extends TraceStoreException {
    @Serial private static final long serialVersionUID = 1L;

    private final boolean retryable;

    OtherKind(String message, @Nullable Throwable cause, boolean retryable) {
      super(message, cause);
      this.retryable = retryable;
    }

    @Override
    public boolean isRetryable() {
      return retryable;
    }
  }

  /** Replaces a driver's exception whose text showed a secret. */
  private static final class RedactedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    RedactedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
