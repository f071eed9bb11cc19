package io.tracestore.provider.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the driver and the server say, in the kinds of errors that stores have. */
final class RedisErrors {
  private static final String READ_ONLY = "READONLY";

  /** Replies of a cluster that moves slots, or of a server that starts: gone a moment later. */
  private static final List<String> TRANSIENT =
      List.of("TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "LOADING", "ASK ", "MOVED ");

  /** What the driver says of commands under way when a connection breaks, and until it is back. */
  private static final List<String> DISCONNECTED =
      List.of("Connection disconnected", "Currently not connected. Commands are rejected.");

  /** What the driver says when a connection ends in the greeting; which, is chance. */
  private static final List<String> CLOSED_EARLY =
      List.of("Connection closed prematurely", "RedisHandshakeHandler not registered");

  /** What a script meets while a slot moves: one of its keys is on the other node. */
  private static final String NON_LOCAL_KEY = "access a non local key";

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
    String message = message(inner);
    return inner instanceof RedisLoadingException
        || inner instanceof IOException
        || DISCONNECTED.contains(message)
        || TRANSIENT.stream().anyMatch(message::startsWith)
        || message.contains(NON_LOCAL_KEY);
  }

  /** Whether the connection ended while the driver was still greeting the server. */
  static boolean isClosedEarly(Throwable error) {
    return CLOSED_EARLY.contains(rootMessage(error));
  }

  static boolean isUnknownScript(Throwable error) {
    return message(unwrap(error)).startsWith("NOSCRIPT");
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
    String reply = reply(inner);
    if (reply != null) {
      return ofReply(store, reply, inner);
    }
    if (causedBy(inner, "javax.net.ssl", "java.security.cert")) {
      return new StoreUnavailableException(
          "%s: no TLS connection: %s".formatted(store, rootMessage(inner)), inner);
    }
    if (causedBy(inner, "io.lettuce.core.protocol.RedisProtocolException")) {
      return new StoreConfigurationException(
          store + ": what listens there does not answer as a Redis server does", inner);
    }
    return new StoreUnavailableException(
        "%s: cannot be reached: %s".formatted(store, rootMessage(inner)), inner);
  }

  private static TraceStoreException ofReply(String store, String reply, Throwable error) {
    String code = reply.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    return switch (code) {
      case "OOM" ->
          new StoreCapacityException(
              store + ": the server has no memory left (maxmemory); nothing was stored", error);
      case READ_ONLY ->
          new StoreUnavailableException(
              store + ": the server is a read-only replica; name the primary", error);
      case "NOAUTH", "WRONGPASS" ->
          new StoreConfigurationException(store + ": wrong user or password", error);
      case "NOPERM" ->
          new StoreConfigurationException(
              "%s: the user may not: %s".formatted(store, reply), error);
      case "MISCONF", "NOREPLICAS", "LOADING", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN" ->
          new StoreUnavailableException("%s: %s".formatted(store, reply), error);
      default ->
          reply.contains("invalid password") || reply.contains("without any password")
              ? new StoreConfigurationException(store + ": wrong user or password", error)
              : reply.contains("max number of clients") || reply.contains(NON_LOCAL_KEY)
                  ? new StoreUnavailableException("%s: %s".formatted(store, reply), error)
                  : new TraceStoreException("%s: %s".formatted(store, reply), error);
    };
  }

  /** The server's reply that is behind {@code error}, if there is one. */
  private static @Nullable String reply(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof RedisReadOnlyException) {
        return READ_ONLY;
      }
      if (cause instanceof RedisCommandExecutionException) {
        // A script's error carries the name of the script behind the server's own.
        return message(cause)
            .replaceFirst("^ERR Error running script.*?: @user_script: \\d+: ", "")
            .replaceFirst(" script: [0-9a-f]{40}.*$", "")
            .replaceFirst("^-", "");
      }
    }
    return null;
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
