package io.tracestore.provider.redis.connect;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisReadOnlyException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An error that a server answered with.
 *
 * @param code the word that it begins with, such as {@code LOADING}; {@code ERR} if there is none
 * @param text all of it
 */
public record ServerReply(String code, String text) {
  private static final String PLAIN = "ERR";
  private static final String READ_ONLY = "READONLY";
  private static final Pattern CODE =
      Pattern.compile("-?([A-Z][A-Z0-9_]+)(?: .*|)", Pattern.DOTALL);

  /** The meaning of a reply for the caller. */
  enum Kind {
    /** Nothing was done, and the server does it in a moment. */
    AGAIN,
    /** The server is in a state that passes. */
    PASSING,
    /** The server has no memory left. */
    FULL,
    /** Wrong user or password. */
    LOGIN,
    /** This user, or this server, does not do that. */
    REFUSED,
    /** A key holds something else than this store put there. */
    WRONG_DATA,
    /** A mistake in the command. */
    FINAL
  }

  /**
   * The codes whose meaning is known. Every other code describes a state of the server, as {@code
   * ERR} describes a mistake; commands of this store may be repeated, so it counts as passing.
   */
  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("LOADING", Kind.AGAIN),
          Map.entry("BUSY", Kind.AGAIN),
          Map.entry("UNKILLABLE", Kind.AGAIN),
          Map.entry("TRYAGAIN", Kind.AGAIN),
          Map.entry("CLUSTERDOWN", Kind.AGAIN),
          Map.entry("MASTERDOWN", Kind.AGAIN),
          Map.entry("ASK", Kind.AGAIN),
          Map.entry("MOVED", Kind.AGAIN),
          Map.entry("REDIRECT", Kind.AGAIN),
          Map.entry(READ_ONLY, Kind.PASSING),
          Map.entry("MISCONF", Kind.PASSING),
          Map.entry("NOREPLICAS", Kind.PASSING),
          Map.entry("NOMASTERLINK", Kind.PASSING),
          Map.entry("NOGOODSLAVE", Kind.PASSING),
          Map.entry("NOQUORUM", Kind.PASSING),
          Map.entry("INPROG", Kind.PASSING),
          Map.entry("IOERR", Kind.PASSING),
          Map.entry("UNBLOCKED", Kind.PASSING),
          Map.entry("OOM", Kind.FULL),
          Map.entry("NOAUTH", Kind.LOGIN),
          Map.entry("WRONGPASS", Kind.LOGIN),
          Map.entry("NOPERM", Kind.REFUSED),
          Map.entry("DENIED", Kind.REFUSED),
          Map.entry("NOPROTO", Kind.REFUSED),
          Map.entry("WRONGTYPE", Kind.WRONG_DATA),
          Map.entry("INVALIDOBJ", Kind.WRONG_DATA),
          Map.entry("CROSSSLOT", Kind.FINAL),
          Map.entry("EXECABORT", Kind.FINAL),
          Map.entry("NOSCRIPT", Kind.FINAL),
          Map.entry("NOTBUSY", Kind.FINAL),
          Map.entry("BUSYKEY", Kind.FINAL),
          Map.entry("BUSYGROUP", Kind.FINAL),
          Map.entry("NOGROUP", Kind.FINAL),
          Map.entry("NOSUB", Kind.FINAL),
          Map.entry("UNKNOWN", Kind.FINAL));

  /**
   * The kinds of replies that are recognized by their text: servers give these no code of their
   * own.
   */
  private static final Map<String, Kind> PLAIN_KINDS =
      Map.ofEntries(
          // A script gets this while a slot moves: one of its keys is on the other node.
          Map.entry("access a non local key", Kind.AGAIN),
          Map.entry("max number of clients", Kind.PASSING),
          Map.entry("instance state changed", Kind.PASSING),
          Map.entry("invalid password", Kind.LOGIN),
          Map.entry("without any password", Kind.LOGIN),
          Map.entry("unknown command", Kind.REFUSED),
          Map.entry("Unknown Redis command", Kind.REFUSED),
          Map.entry("DB index is out of range", Kind.REFUSED),
          Map.entry("SELECT is not allowed", Kind.REFUSED),
          // A script meets a command that its user may not run.
          Map.entry("The user executing the script can't", Kind.REFUSED),
          Map.entry("ACL failure in script", Kind.REFUSED));

  /** The server's reply that caused {@code error}, if there is one. */
  static @Nullable ServerReply in(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof RedisReadOnlyException) {
        return new ServerReply(
            READ_ONLY, Objects.requireNonNullElse(cause.getMessage(), READ_ONLY));
      }
      if (cause instanceof RedisCommandExecutionException) {
        return of(Objects.requireNonNullElse(cause.getMessage(), ""));
      }
    }
    return null;
  }

  /** Reads what a server wrote. A script's error has the name of the script around the reply. */
  static ServerReply of(String written) {
    String text =
        written
            .replaceFirst("^(ERR Error running script.*?: )?(@user_script: ?\\d+: )+", "")
            .replaceFirst(",? ?script: [0-9a-f]{40}.*$", "")
            .replaceFirst("^-", "");
    Matcher code = CODE.matcher(text);
    return new ServerReply(code.matches() ? code.group(1) : PLAIN, text);
  }

  Kind kind() {
    if (!code.equals(PLAIN)) {
      return KINDS.getOrDefault(code, Kind.PASSING);
    }
    return PLAIN_KINDS.entrySet().stream()
        .filter(entry -> text.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Kind.FINAL);
  }

  boolean isReadOnly() {
    return code.equals(READ_ONLY);
  }
}
