package io.tracestore.provider.redis.connect;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Translates errors of the driver and the server into those of a store. */
public final class RedisErrors {
  /**
   * The driver's messages for commands under way when a connection breaks, and until it is back.
   */
  private static final List<String> DISCONNECTED =
      List.of("Connection disconnected", "Currently not connected. Commands are rejected.");

  /**
   * The driver's messages when a connection ends during the greeting; which of them comes is
   * chance.
   */
  private static final List<String> CLOSED_EARLY =
      List.of("Connection closed prematurely", "RedisHandshakeHandler not registered");

  private RedisErrors() {}

  /** The cause without the wrappers of futures. */
  static Throwable unwrap(Throwable error) {
    Throwable inner = error;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /** Whether the same command may succeed in a moment, perhaps over another connection. */
  static boolean isTransient(Throwable error) {
    Throwable inner = unwrap(error);
    ServerReply reply = ServerReply.in(inner);
    if (reply != null) {
      return reply.kind() == ServerReply.Kind.AGAIN;
    }
    return inner instanceof IOException
        || (inner instanceof RedisConnectionException && !isOfTls(inner))
        || DISCONNECTED.contains(message(inner));
  }

  /** Whether the connection ended while the driver was still greeting the server. */
  static boolean isClosedEarly(Throwable error) {
    return CLOSED_EARLY.contains(rootMessage(error));
  }

  static boolean isUnknownScript(Throwable error) {
    return hasCode(error, "NOSCRIPT");
  }

  /** Whether the server does not let this user do it, or never does it. */
  static boolean isRefused(Throwable error) {
    ServerReply reply = ServerReply.in(error);
    return reply != null && reply.kind() == ServerReply.Kind.REFUSED;
  }

  private static boolean hasCode(Throwable error, String code) {
    ServerReply reply = ServerReply.in(error);
    return reply != null && reply.code().equals(code);
  }

  /** The error of a call to {@code store}. */
  static TraceStoreException translate(String store, Throwable error) {
    Throwable inner = unwrap(error);
    if (inner instanceof TraceStoreException known) {
      return known;
    }
    if (inner instanceof RedisCommandTimeoutException || inner instanceof TimeoutException) {
      return new StoreTimeoutException(
          store + ": no answer in time; the write may or may not be done", inner);
    }
    ServerReply reply = ServerReply.in(inner);
    if (reply != null) {
      return ofReply(store, reply, inner);
    }
    if (isOfTls(inner)) {
      return new StoreUnavailableException(
          "%s: no TLS connection: %s".formatted(store, rootMessage(inner)), inner);
    }
    if (causedBy(inner, "io.lettuce.core.protocol.RedisProtocolException")) {
      return new StoreConfigurationException(
          store + ": what listens there does not answer as a Redis server does", inner);
    }
    if (inner instanceof LinkageError) {
      return new StoreConfigurationException(
          "%s: a library of the driver is missing or does not fit: %s".formatted(store, inner),
          inner);
    }
    if (inner instanceof RedisException
        || inner instanceof IOException
        || inner instanceof CancellationException
        || causedBy(inner, "java.io.", "java.net.", "io.netty.channel.", "io.lettuce.core.")) {
      return new StoreUnavailableException(
          "%s: cannot be reached: %s".formatted(store, rootMessage(inner)), inner);
    }
    return new TraceStoreException("%s: %s".formatted(store, inner), inner);
  }

  private static TraceStoreException ofReply(String store, ServerReply reply, Throwable error) {
    return switch (reply.kind()) {
      case FULL ->
          StoreCapacityException.passing(
              store + ": the server has no memory left (maxmemory); nothing was stored", error);
      case LOGIN -> new StoreConfigurationException(store + ": wrong user or password", error);
      case REFUSED ->
          new StoreConfigurationException(
              "%s: the server refuses: %s".formatted(store, reply.text()), error);
      case AGAIN, PASSING ->
          new StoreUnavailableException(
              reply.isReadOnly()
                  ? store + ": the server is a read-only replica; name the primary"
                  : "%s: %s".formatted(store, reply.text()),
              error);
      case WRONG_DATA ->
          new CorruptDataException(
              "%s: a key under its keyPrefix holds something else: %s"
                  .formatted(store, reply.text()),
              error);
      case FINAL -> new TraceStoreException("%s: %s".formatted(store, reply.text()), error);
    };
  }

  private static boolean isOfTls(Throwable error) {
    return causedBy(error, "javax.net.ssl.", "java.security.cert.");
  }

  private static boolean causedBy(Throwable error, String... prefixes) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      for (String prefix : prefixes) {
        if (cause.getClass().getName().startsWith(prefix)) {
          return true;
        }
      }
    }
    return false;
  }

  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = message(root);
    return message.isEmpty()
        ? root.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private static String message(Throwable error) {
    return Objects.requireNonNullElse(error.getMessage(), "");
  }
}
