package io.tracestore.provider.clickhouse.connect;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.ServerException;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Translates errors of the client and the server into those of a store. */
public final class ClickHouseErrors {
  /** The replica lacks acknowledged writes: another one has them. */
  private static final int REPLICA_IS_NOT_IN_QUORUM = 289;

  private static final int UNKNOWN_SETTING = 115;
  private static final int MEMORY_LIMIT_EXCEEDED = 241;

  /** The request or the answer did not arrive whole. */
  private static final Set<Integer> CUT = Set.of(3, 32, 33, 271, 354, 561, 618);

  /** The way between servers, or to a disk that is reached over it. */
  private static final Set<Integer> NETWORK =
      Set.of(
          86, 95, 96, 99, 100, 101, 102, 198, 203, 210, 217, 279, 295, 297, 364, 410, 499, 500, 519,
          660, 693, 707, 737, 749, 762, 763, 775, 900, 901, 903, 904);

  /**
   * The server starts, ends, or has too much to do. 252: merges are late. 341: a mutation is late.
   */
  private static final Set<Integer> BUSY =
      Set.of(
          173, 201, 202, 216, 236, 252, 341, 373, 384, 388, 439, 473, 574, 587, 667, 677, 692, 695,
          696, 700, 710, 722, 733, 738, 745, 755, 777, 778);

  /** Replicas and what keeps them together. 286: they lack what another process wrote. */
  private static final Set<Integer> REPLICATION =
      Set.of(
          224,
          225,
          230,
          232,
          234,
          242,
          244,
          254,
          255,
          265,
          285,
          286,
          REPLICA_IS_NOT_IN_QUORUM,
          319,
          369,
          517,
          529,
          568,
          571,
          659,
          709,
          999);

  /** Failures that may soon pass. */
  private static final Set<Integer> PASSING =
      Stream.of(CUT, NETWORK, BUSY, REPLICATION)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private static final int MAX_DEPTH = 20;
  private static final int MAX_LENGTH = 500;

  /** Text that the server adds for its developers. */
  private static final Pattern NOISE =
      Pattern.compile(
          "\\s*\\((official build|version [^)]*|[A-Z_0-9]{4,})\\)|^Code: \\d+\\. DB::Exception: ");

  private final String store;

  public ClickHouseErrors(String store) {
    this.store = store;
  }

  /**
   * Like {@link #translate}, for each of several callers that share a failure: every caller gets an
   * exception of its own, so that stacks and suppressed exceptions do not mix.
   */
  public TraceStoreException again(Throwable failure) {
    if (failure instanceof TraceStoreException known
        && known.getCause() instanceof Exception cause) {
      TraceStoreException own = translate(cause);
      return own.getClass() == known.getClass() ? own : known;
    }
    return translate(failure);
  }

  /** The exception that a caller gets for {@code failure}. */
  public TraceStoreException translate(Throwable failure) {
    if (failure instanceof TraceStoreException known) {
      return known;
    }
    if (find(failure, InterruptedException.class).isPresent()) {
      Thread.currentThread().interrupt();
      return new TraceStoreException("interrupted while working with " + store, failure);
    }
    Optional<ServerException> server = find(failure, ServerException.class);
    if (server.isPresent()) {
      return translate(server.get());
    }
    String why = store + ": " + oneLine(innermost(failure));
    if (isNotTrusted(failure)) {
      return new StoreConfigurationException(
          why + "; tlsCa names a file with the certificates to trust", failure);
    }
    if (isNotTls(failure)) {
      return new StoreConfigurationException(
          why + "; the port does not speak TLS, name another or leave out ssl", failure);
    }
    if (isAnswerTimeout(failure)) {
      return new StoreTimeoutException(
          store + ": no answer in time; whether it was done is not known", failure);
    }
    if (isConnectionLost(failure)) {
      return new StoreUnavailableException(why, failure);
    }
    return new TraceStoreException(why, failure);
  }

  private TraceStoreException translate(ServerException e) {
    String message = oneLine(e.getMessage());
    String why = store + ": " + message;
    if (isFullDisk(message)) {
      return new StoreCapacityException(why + "; give the server more room", e);
    }
    return switch (e.getCode()) {
      case 60 ->
          new StoreConfigurationException(
              why + "; the table was removed, open the store again to make it", e);
      case 81 ->
          new StoreConfigurationException(
              why + "; the database was removed, open the store again to make it", e);
      case 192, 193, 194, 516, 720, 767 ->
          new StoreConfigurationException(store + ": login refused; check user and password", e);
      case 497 -> new StoreConfigurationException(why + "; grant it to the user", e);
      case 164 ->
          new StoreConfigurationException(
              why + "; the user is read-only, log in as one that may write", e);
      case UNKNOWN_SETTING ->
          new StoreConfigurationException(why + "; the server is too old for this store", e);
      case 195, 291, 392, 452, 472, 495, 620, 701, 774 -> new StoreConfigurationException(why, e);
      case 159, 160, 209, 718 ->
          new StoreTimeoutException(why + "; maxExecutionTimeMs is the limit", e);
      case MEMORY_LIMIT_EXCEEDED ->
          isOfOneQuery(message)
              ? new StoreCapacityException(why + "; maxMemoryUsage is the limit of one query", e)
              : new StoreUnavailableException(why + "; the server needs it for others now", e);
      case 243 -> new StoreCapacityException(why + "; give the server more room", e);
      case 128, 131, 158, 161, 168, 191, 229, 290, 307, 359, 396, 565, 724, 725, 776 ->
          new StoreCapacityException(why, e);
      case 40, 226, 227, 228, 246, 740 -> new CorruptDataException(why, e);
      case 394, 415, 416, 735 -> new StoreUnavailableException(why, e);
      default ->
          passes(e)
              ? new StoreUnavailableException(why, e)
              : new TraceStoreException(why + " (code " + e.getCode() + ")", e);
    };
  }

  /** Whether the same request may succeed if it is simply sent again, soon. */
  public static boolean isWorthRetrying(Throwable failure) {
    if (find(failure, InterruptedException.class).isPresent()
        || Thread.currentThread().isInterrupted()) {
      return false;
    }
    Optional<ServerException> server = find(failure, ServerException.class);
    if (server.isPresent()) {
      return passes(server.get());
    }
    return !isAnswerTimeout(failure)
        && !isNotTrusted(failure)
        && !isNotTls(failure)
        && isConnectionLost(failure);
  }

  private static boolean passes(ServerException e) {
    return PASSING.contains(e.getCode())
        || e.getTransportProtocolCode() == 503
        || (e.getCode() == MEMORY_LIMIT_EXCEEDED && !isOfOneQuery(oneLine(e.getMessage())));
  }

  /** The server also keeps a limit of its own, and one of each user: others use that up. */
  private static boolean isOfOneQuery(String message) {
    return !message.contains("(total)")
        && !message.contains("(for user)")
        && !message.startsWith("User ");
  }

  /** Whether the server does not know a setting that came with the request. */
  public static boolean isUnknownSetting(Throwable failure) {
    return find(failure, ServerException.class)
        .filter(answer -> answer.getCode() == UNKNOWN_SETTING)
        .isPresent();
  }

  private static boolean isNotTrusted(Throwable failure) {
    return find(failure, CertificateException.class).isPresent()
        || find(failure, SSLPeerUnverifiedException.class).isPresent();
  }

  /** The JDK's words where an answer is no TLS: there is no class for that. */
  private static boolean isNotTls(Throwable failure) {
    return find(failure, SSLException.class)
        .filter(e -> String.valueOf(e.getMessage()).startsWith("Unsupported or unrecognized SSL"))
        .isPresent();
  }

  /** Whether another server may do what this one did not. */
  public static boolean isServerAway(Throwable failure) {
    return find(failure, ServerException.class)
        .map(answer -> answer.getCode() == REPLICA_IS_NOT_IN_QUORUM)
        .orElseGet(() -> isConnectionLost(failure));
  }

  private static boolean isFullDisk(String message) {
    return message.contains("No space left") || message.contains("Cannot reserve");
  }

  /** A connection that cannot be made in time is a server that is away. */
  private static boolean isAnswerTimeout(Throwable failure) {
    return causes(failure)
        .anyMatch(e ->
            e instanceof SocketTimeoutException
                && !e.getClass().getName().endsWith("ConnectTimeoutException"));
  }

  private static boolean isConnectionLost(Throwable failure) {
    return find(failure, IOException.class).isPresent()
        || isCutHeader(failure)
        || causes(failure)
            .anyMatch(e ->
                (e instanceof ClickHouseException known && known.isRetryable())
                    || e.getClass().getSimpleName().startsWith("Connection"));
  }

  /** The client reads the server's summary, a header of HTTP, even if it was cut off. */
  private static boolean isCutHeader(Throwable failure) {
    return failure instanceof ClickHouseException
        && failure.getCause() instanceof IllegalArgumentException;
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, e -> e != null, e -> e.getCause()).limit(MAX_DEPTH);
  }

  private static <T> Optional<T> find(Throwable failure, Class<T> type) {
    return causes(failure).filter(type::isInstance).map(type::cast).findFirst();
  }

  private static String innermost(Throwable failure) {
    Throwable last = failure;
    int depth = 0;
    for (Throwable cause = failure.getCause(); cause != null && depth < MAX_DEPTH; depth++) {
      last = cause;
      cause = cause.getCause();
    }
    String message = last.getMessage();
    return message == null ? last.getClass().getSimpleName() : message;
  }

  private static String oneLine(@Nullable String text) {
    if (text == null) {
      return "no reason given";
    }
    String line = NOISE.matcher(text.strip().replaceAll("\\s*\\R\\s*", " ")).replaceAll("");
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
  }
}
