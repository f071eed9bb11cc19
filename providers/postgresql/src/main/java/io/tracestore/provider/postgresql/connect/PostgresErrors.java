package io.tracestore.provider.postgresql.connect;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Translates errors of the driver and the server into those of a store. */
public final class PostgresErrors {
  private final String store;

  public PostgresErrors(String store) {
    this.store = store;
  }

  /** The exception that a caller gets for {@code failure}, where no statement has a time limit. */
  public TraceStoreException translate(Throwable failure) {
    return translate(failure, null);
  }

  /**
   * The exception that a caller gets for {@code failure}.
   *
   * @param limit how long a statement was allowed to take; null if it does not matter
   */
  public TraceStoreException translate(Throwable failure, @Nullable StatementLimit limit) {
    return switch (failure) {
      case TraceStoreException known -> known;
      case SQLException sql -> ofServer(rootOf(sql), limit);
      case RuntimeException other when other.getCause() instanceof SQLException sql ->
          ofServer(rootOf(sql), limit);
      default ->
          new TraceStoreException(store + " failed: " + oneLine(failure.toString()), failure);
    };
  }

  /**
   * The exception that a caller gets for {@code failure}; a new one for each caller, if other
   * callers share the failed transaction.
   */
  public TraceStoreException again(Throwable failure, StatementLimit limit) {
    return failure instanceof TraceStoreException
            && failure.getCause() instanceof SQLException ofServer
        ? translate(ofServer, limit)
        : translate(failure);
  }

  private TraceStoreException ofServer(SQLException e, @Nullable StatementLimit limit) {
    if (isInterrupted(e)) {
      Thread.currentThread().interrupt();
      return new TraceStoreException("interrupted while working with " + store, e);
    }
    String state = stateOf(e);
    String why = store + ": " + message(e);
    if (isRefusedCertificate(e)) {
      return new StoreConfigurationException(
          why + "; the server's certificate is not trusted, check host, sslmode and sslrootcert",
          e);
    }
    if (isTimeout(e, state)) {
      return new StoreTimeoutException(
          limit == null ? why : "%s; a statement may take no longer by %s".formatted(why, limit),
          e);
    }
    return switch (state) {
      case "25006" ->
          new StoreUnavailableException(
              why
                  + "; the server is read-only, a standby perhaps: targetServerType=primary finds"
                  + " the primary among several hosts",
              e);
      case "53100" -> new StoreCapacityException(why, e);
      case "08004" -> new StoreConfigurationException(why, e); // no TLS, or no password given
      case "28P01", "28000" ->
          new StoreConfigurationException(why + "; check user and password", e);
      case "3D000" -> new StoreConfigurationException(why + "; create it, or name another", e);
      case "42501" ->
          new StoreConfigurationException(
              why + "; grant it, or let an owner open the store once to make the schema", e);
      case "3F000", "42P01", "42703" ->
          new StoreConfigurationException(
              why + "; the schema was removed or changed, open the store again to make it", e);
      case "26000", "42P05" ->
          new StoreConfigurationException(
              why + "; a pooler gives each transaction another session: set prepareThreshold=0", e);
      case "XX001", "XX002", "58P01" -> new CorruptDataException(why, e);
      default -> isPassing(e) ? new StoreUnavailableException(why, e) : other(why, state, e);
    };
  }

  private static TraceStoreException other(String why, String state, SQLException e) {
    if (isOfClass(state, "54")) {
      return new StoreCapacityException(why, e);
    }
    if (isOfClass(state, "26", "28", "3D", "3F")
        || state.equals("57P04")
        || state.equals("08P01")) {
      return new StoreConfigurationException(why, e);
    }
    return new TraceStoreException(why + " (SQLSTATE " + state + ")", e);
  }

  /**
   * Whether the error describes a state of the server that passes, not a fault of the statement.
   */
  private static boolean isPassing(SQLException e) {
    String state = stateOf(e);
    return isConnectionLost(e)
        || switch (state) {
          case "40002" -> false; // a constraint, at the commit
          case "55006", "55P03" -> true; // somebody else has it
          default -> isOfClass(state, "40", "53", "72");
        };
  }

  /** Whether the same transaction may succeed if it is simply tried again. */
  static boolean isWorthRetrying(SQLException failure) {
    SQLException e = rootOf(failure);
    String state = stateOf(e);
    return !isInterrupted(e)
        && !isTimeout(e, state)
        && !isRefusedCertificate(e)
        && (isConnectionLost(e)
            || switch (state) {
              case "25006", "40000", "40001", "40003", "40P01", "53300" -> true;
              default -> false;
            });
  }

  /** Whether a lock was not to be had within {@code lock_timeout}. */
  public static boolean isLockedOut(Throwable failure) {
    return failure instanceof SQLException e
        ? stateOf(rootOf(e)).equals("55P03")
        : failure.getCause() instanceof SQLException cause && isLockedOut(cause);
  }

  /** Whether a row had no partition to go to, or broke another rule for rows. */
  public static boolean isWithoutPartition(SQLException e) {
    return stateOf(rootOf(e)).equals("23514");
  }

  /** Whether the connection is good for nothing that writes, although it is alive. */
  static boolean isReadOnlyServer(SQLException e) {
    return stateOf(e).equals("25006");
  }

  /** Lost, refused, or ended by the server, which is shut down, starts, or cannot read a disk. */
  private static boolean isConnectionLost(SQLException e) {
    return switch (stateOf(e)) {
      case "08004", "57P04", "58P01", "58P02", "58P03" -> false;
      case "08P01" -> isOfPooler(e);
      case "25P03" -> true;
      default ->
          isOfClass(stateOf(e), "08", "57", "58") || e instanceof SQLTransientConnectionException;
    };
  }

  private static boolean isOfClass(String state, String... classes) {
    return Arrays.stream(classes).anyMatch(state::startsWith);
  }

  /**
   * A pooler has one code for all it says: that it has no server for us, and that it never will.
   */
  private static boolean isOfPooler(SQLException e) {
    boolean isOfServer = e instanceof PSQLException psql && psql.getServerErrorMessage() != null;
    return isOfServer && !message(e).contains("unsupported startup parameter");
  }

  private static boolean isTimeout(SQLException e, String state) {
    return state.equals("57014")
        || state.equals("25P04")
        || hasCause(e, SocketTimeoutException.class);
  }

  /** The driver tells a wrong host name in its own words only. */
  private static boolean isRefusedCertificate(SQLException e) {
    return hasCause(e, CertificateException.class)
        || hasCause(e, CertPathValidatorException.class)
        || hasCause(e, CertPathBuilderException.class)
        || message(e).contains("could not be verified by hostnameverifier");
  }

  private static boolean isInterrupted(SQLException e) {
    return Thread.currentThread().isInterrupted() || hasCause(e, InterruptedException.class);
  }

  private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
    int depth = 0;
    for (Throwable cause = e; cause != null && depth < 20; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
      depth++;
    }
    return false;
  }

  /**
   * The first exception that names the failure: those of the pool and of batches only say where it
   * happened.
   */
  private static SQLException rootOf(SQLException e) {
    boolean wraps =
        e instanceof SQLTransientConnectionException || e instanceof BatchUpdateException;
    return wraps && e.getCause() instanceof SQLException cause ? cause : e;
  }

  private static String stateOf(SQLException e) {
    String state = e.getSQLState();
    return state == null ? "" : state;
  }

  /** The server's main line: its details repeat values of the data. */
  private static String message(SQLException e) {
    ServerErrorMessage server =
        e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    return oneLine(server != null ? server.getMessage() : e.getMessage());
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "no reason given" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
