package io.tracestore.provider.postgresql.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Each error code of PostgreSQL 13 to 18 becomes one error of a store: every class of codes is in
 * the table.
 */
class PostgresErrorsTest {
  private static final Class<? extends TraceStoreException> AWAY = StoreUnavailableException.class;
  private static final Class<? extends TraceStoreException> LATE = StoreTimeoutException.class;
  private static final Class<? extends TraceStoreException> FULL = StoreCapacityException.class;
  private static final Class<? extends TraceStoreException> SETTING =
      StoreConfigurationException.class;
  private static final Class<? extends TraceStoreException> DAMAGED = CorruptDataException.class;
  private static final Class<? extends TraceStoreException> OTHER = TraceStoreException.class;

  /** The classes of which all codes, but for those in {@link #CODES}, are the same. */
  private static final Map<String, Class<? extends TraceStoreException>> CLASSES =
      Map.ofEntries(
          Map.entry("03", OTHER), // statement not yet complete
          Map.entry("08", AWAY), // connection
          Map.entry("09", OTHER), // triggered action
          Map.entry("0A", OTHER), // not supported
          Map.entry("0B", OTHER), // transaction initiation
          Map.entry("0F", OTHER), // locator
          Map.entry("0L", OTHER), // grantor
          Map.entry("0P", OTHER), // role
          Map.entry("0Z", OTHER), // diagnostics
          Map.entry("10", OTHER), // XQuery
          Map.entry("20", OTHER), // case not found
          Map.entry("21", OTHER), // cardinality
          Map.entry("22", OTHER), // data
          Map.entry("23", OTHER), // constraint
          Map.entry("24", OTHER), // cursor state
          Map.entry("25", OTHER), // transaction state
          Map.entry("26", SETTING), // statement name
          Map.entry("27", OTHER), // triggered data change
          Map.entry("28", SETTING), // authorization
          Map.entry("2B", OTHER), // dependent privileges
          Map.entry("2D", OTHER), // transaction termination
          Map.entry("2F", OTHER), // SQL routine
          Map.entry("34", OTHER), // cursor name
          Map.entry("38", OTHER), // external routine
          Map.entry("39", OTHER), // external routine invocation
          Map.entry("3B", OTHER), // savepoint
          Map.entry("3D", SETTING), // database name
          Map.entry("3F", SETTING), // schema name
          Map.entry("40", AWAY), // rolled back
          Map.entry("42", OTHER), // syntax or access rule
          Map.entry("44", OTHER), // check option
          Map.entry("53", AWAY), // resources
          Map.entry("54", FULL), // limits of the program
          Map.entry("55", OTHER), // not in prerequisite state
          Map.entry("57", AWAY), // operator intervention
          Map.entry("58", AWAY), // system
          Map.entry("72", AWAY), // snapshot
          Map.entry("F0", OTHER), // configuration file
          Map.entry("HV", OTHER), // foreign data
          Map.entry("P0", OTHER), // PL/pgSQL
          Map.entry("XX", OTHER)); // internal

  /** The codes that this provider is likely to see, and all that differ from their class. */
  private static final Map<String, Class<? extends TraceStoreException>> CODES =
      Map.ofEntries(
          Map.entry("08000", AWAY),
          Map.entry("08001", AWAY),
          Map.entry("08003", AWAY),
          Map.entry("08004", SETTING), // refused: no TLS, or no password
          Map.entry("08006", AWAY),
          Map.entry("08007", AWAY), // unknown whether it was committed
          Map.entry("08P01", SETTING), // something that is no PostgreSQL answers
          Map.entry("25001", OTHER),
          Map.entry("25006", AWAY), // a standby
          Map.entry("25P01", OTHER),
          Map.entry("25P02", OTHER),
          Map.entry("25P03", AWAY), // idle_in_transaction_session_timeout
          Map.entry("25P04", LATE), // transaction_timeout, since 17
          Map.entry("26000", SETTING), // prepared statements behind a pooler
          Map.entry("28000", SETTING),
          Map.entry("28P01", SETTING),
          Map.entry("3D000", SETTING),
          Map.entry("3F000", SETTING),
          Map.entry("40000", AWAY),
          Map.entry("40001", AWAY), // serialization
          Map.entry("40002", OTHER), // a constraint, at the commit
          Map.entry("40003", AWAY), // unknown whether it was done
          Map.entry("40P01", AWAY), // deadlock
          Map.entry("42501", SETTING), // rights
          Map.entry("42601", OTHER),
          Map.entry("42703", SETTING), // a column is gone
          Map.entry("42P01", SETTING), // a table is gone
          Map.entry("42P05", SETTING), // prepared statements behind a pooler
          Map.entry("42P07", OTHER),
          Map.entry("53000", AWAY),
          Map.entry("53100", FULL), // the disk
          Map.entry("53200", AWAY), // memory, of the lock table too
          Map.entry("53300", AWAY), // connections
          Map.entry("53400", AWAY), // a limit of the configuration, such as of temporary files
          Map.entry("54000", FULL),
          Map.entry("54001", FULL),
          Map.entry("54011", FULL),
          Map.entry("54023", FULL),
          Map.entry("55000", OTHER),
          Map.entry("55006", AWAY), // in use
          Map.entry("55P02", OTHER),
          Map.entry("55P03", AWAY), // lock_timeout
          Map.entry("55P04", OTHER),
          Map.entry("57000", AWAY),
          Map.entry("57014", LATE), // statement_timeout, or cancelled
          Map.entry("57P01", AWAY), // shutdown
          Map.entry("57P02", AWAY), // crash of another session
          Map.entry("57P03", AWAY), // starting
          Map.entry("57P04", SETTING), // the database was dropped
          Map.entry("57P05", AWAY), // idle_session_timeout
          Map.entry("58000", AWAY),
          Map.entry("58030", AWAY), // input or output
          Map.entry("58P01", DAMAGED), // a file is gone
          Map.entry("58P02", OTHER),
          Map.entry("58P03", OTHER),
          Map.entry("72000", AWAY),
          Map.entry("XX000", OTHER),
          Map.entry("XX001", DAMAGED),
          Map.entry("XX002", DAMAGED));

  private static final Set<Class<? extends TraceStoreException>> RETRYABLE = Set.of(AWAY, LATE);

  private final PostgresErrors failures = new PostgresErrors("postgresql://db/traces");

  static Stream<Map.Entry<String, Class<? extends TraceStoreException>>> codes() {
    return new TreeMap<>(CODES).entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("codes")
  void aCodeBecomesItsException(Map.Entry<String, Class<? extends TraceStoreException>> code) {
    TraceStoreException seen = failures.translate(new SQLException("so it is", code.getKey()));
    assertThat(seen).isExactlyInstanceOf(code.getValue());
    assertThat(seen.isRetryable()).isEqualTo(RETRYABLE.contains(code.getValue()));
    assertThat(seen).hasMessageStartingWith("postgresql://db/traces: so it is");
  }

  @Test
  void everyCodeIsOfAClassInTheTable() {
    assertThat(CODES.keySet())
        .allSatisfy(code -> assertThat(CLASSES).containsKey(code.substring(0, 2)));
  }

  static Stream<Map.Entry<String, Class<? extends TraceStoreException>>> classes() {
    return new TreeMap<>(CLASSES).entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("classes")
  void aCodeThatNobodyKnowsIsAsItsClass(
      Map.Entry<String, Class<? extends TraceStoreException>> of) {
    TraceStoreException seen = failures.translate(new SQLException("news", of.getKey() + "999"));
    assertThat(seen).isExactlyInstanceOf(of.getValue());
    assertThat(seen.isRetryable()).isEqualTo(RETRYABLE.contains(of.getValue()));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void onlyWhatPassesIsTriedAgainByTheStoreItself(
      Map.Entry<String, Class<? extends TraceStoreException>> code) {
    SQLException failure = new SQLException("so it is", code.getKey());
    if (PostgresErrors.isWorthRetrying(failure)) {
      assertThat(code.getValue()).isEqualTo(AWAY);
    }
  }

  @Test
  void aPoolerWithoutAServerIsTriedAgain() {
    assertThat(failures.translate(ofPooler("query_wait_timeout"))).isInstanceOf(AWAY);
    assertThat(failures.translate(ofPooler("no more connections allowed (max_client_conn)")))
        .isInstanceOf(AWAY);
  }

  @Test
  void aPoolerThatRefusesAParameterIsASetting() {
    assertThat(failures.translate(ofPooler("unsupported startup parameter: options")))
        .isInstanceOf(SETTING)
        .hasMessageContaining("unsupported startup parameter: options");
  }

  private static PSQLException ofPooler(String message) {
    return new PSQLException(new ServerErrorMessage("SFATAL\0C08P01\0M" + message + "\0"));
  }
}
