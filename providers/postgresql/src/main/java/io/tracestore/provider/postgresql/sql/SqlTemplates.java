package io.tracestore.provider.postgresql.sql;

import static java.util.stream.Collectors.joining;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.table;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.CustomField;
import org.jooq.impl.SQLDataType;

/** All SQL that is text: what jOOQ lacks, once each. */
public final class SqlTemplates {
  /** No name contains it: in names a quotation mark stands twice. */
  static final Pattern PLACE = Pattern.compile("@\"@(\\d)@\"@");

  private SqlTemplates() {}

  // Values in the text of a statement, which the planner sees.

  /** A number that the planner sees. */
  public static Param<Integer> constant(int number) {
    return inline(number);
  }

  /** A number that the planner sees. */
  public static Param<Long> constant(long number) {
    return inline(number);
  }

  /** An hour, also the least one: -2147483648 alone would be a bigint. */
  public static Field<Integer> hour(int hour) {
    return field(hours(List.of(hour)).text(), Integer.class);
  }

  /** The place of a {@link Constant}: the one with this number of those given to the statement. */
  public static <T> Field<T> filledIn(int number, Field<T> like) {
    return field("@\"@%d@\"@".formatted(number), like.getDataType());
  }

  /** Any of {@code hours}, for the right side of an equation. */
  public static Constant hours(Collection<Integer> hours) {
    return new Constant(
        hours.size() == 1
            ? "'%d'::int".formatted(hours.iterator().next())
            : hours.stream()
                .sorted()
                .map(hour -> Integer.toString(hour))
                .collect(joining(",", "ANY ('{", "}'::int[])")));
  }

  /** Any of {@code ids}, for the right side of an equation. */
  public static Constant ids(Collection<UUID> ids) {
    return new Constant(
        ids.size() == 1
            ? "'%s'::uuid".formatted(ids.iterator().next())
            : ids.stream().map(UUID::toString).collect(joining(",", "ANY ('{", "}'::uuid[])")));
  }

  /** The name of the store's schema, as a text. */
  public static Field<String> schemaName() {
    return CustomField.of(
        "schema",
        SQLDataType.VARCHAR,
        context ->
            context.visit(
                inline(
                    context.settings().getRenderMapping().getSchemata().getFirst().getOutput())));
  }

  // Expressions and tables.

  /**
   * True of every id. Beside an equation with an id, it helps a planner that has no statistics of a
   * partition, as of one that was just filled: such a planner takes a trace for a 200th of the
   * events and starts more processes and a compiler to read it; with this range it takes it for a
   * 40,000th. One with statistics knows that all ids are in the range.
   */
  public static Condition isAnyId(Field<UUID> id) {
    return id.between(inline(new UUID(0, 0)), inline(new UUID(-1, -1)));
  }

  /** Rows whose columns are array parameters: {@code unnest} of several, which jOOQ lacks. */
  public static Table<?> unnest(String alias, Field<?>... columns) {
    return unnested("unnest(%s)", columns).as(alias, namesOf(columns));
  }

  /** The same rows with their number, from 1, in one more column. */
  public static Table<?> unnestNumbered(String alias, Field<Long> number, Field<?>... columns) {
    List<String> names =
        Stream.concat(namesOf(columns).stream(), Stream.of(number.getName())).toList();
    return unnested("unnest(%s) WITH ORDINALITY", columns).as(alias, names);
  }

  private static Table<?> unnested(String template, Field<?>... columns) {
    String places =
        IntStream.range(0, columns.length).mapToObj("{%d}"::formatted).collect(joining(", "));
    return table(
        template.formatted(places),
        Arrays.stream(columns)
            .map(column -> param(column.getDataType().array()))
            .toArray(Param<?>[]::new));
  }

  private static List<String> namesOf(Field<?>... columns) {
    return Arrays.stream(columns).map(Field::getName).toList();
  }

  /** A transaction id from its text; jOOQ has no such type. */
  public static Field<Object> xid8(Field<String> text) {
    return field("{0}::xid8", SQLDataType.OTHER, text);
  }

  /** The place of a row in its table; jOOQ has no such type. */
  public static Field<Object> tid(Field<Integer> page, Field<Integer> line) {
    return field("('(' || {0} || ',' || {1} || ')')::tid", SQLDataType.OTHER, page, line);
  }

  /** The bits of a real number as a {@code double precision} has them; PostgreSQL casts values. */
  public static Field<Long> bits(Field<? extends Number> real) {
    return field(
        "('x' || encode(float8send({0}::float8), 'hex'))::bit(64)::bigint",
        SQLDataType.BIGINT, real);
  }

  /** Six bytes that are zero. */
  public static Field<byte[]> sixZeros() {
    return field("decode('000000000000', 'hex')", byte[].class);
  }

  /** The row of facts about the server's files; jOOQ has no functions that are tables. */
  public static Table<?> controlSystem() {
    return table("pg_control_system()");
  }

  /** Makes the commit wait for the disk; a setting that waits for more than that is kept. */
  public static Field<String> waitForDisk() {
    return field(
        "set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            + " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)",
        String.class);
  }

  /** Limits the statements of a transaction by the server's clock; a lower limit is kept. */
  public static Field<String> limitTo(int seconds) {
    return field(
        ("set_config('statement_timeout', CASE WHEN current_setting('statement_timeout')::interval"
                + " BETWEEN '1 millisecond' AND '%1$d seconds'"
                + " THEN current_setting('statement_timeout') ELSE '%1$ds' END, true)")
            .formatted(seconds),
        String.class);
  }

  // Statements.

  /** Makes each statement of the transaction see what is committed when it begins. */
  public static Query readCommitted() {
    return query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }

  /** Makes all statements of the transaction see one moment, and write nothing. */
  public static Query readOneMoment() {
    return query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  }

  /** Makes {@code table} a table with the columns of {@code model}. */
  public static Query createLike(Table<?> table, Table<?> model) {
    return query("CREATE TABLE {0} (LIKE {1} INCLUDING DEFAULTS INCLUDING STORAGE)", table, model);
  }

  /**
   * Makes {@code partition} the partition of {@code whole} for {@code from} to before {@code to}.
   */
  public static Query attach(Table<?> whole, Table<?> partition, int from, int to) {
    return query(
        "ALTER TABLE {0} ATTACH PARTITION {1} FOR VALUES FROM ({2}) TO ({3})",
        whole, partition, inline(from), inline(to));
  }

  /** Keeps a table, but not its partitions, from being locked by {@link #lockExclusively}. */
  public static Query lockShared(Table<?> table) {
    return query("LOCK TABLE ONLY {0} IN ACCESS SHARE MODE", table);
  }

  /** Keeps everybody else from two tables, but not from their partitions. */
  public static Query lockExclusively(Table<?> one, Table<?> other) {
    return query("LOCK TABLE ONLY {0}, ONLY {1} IN ACCESS EXCLUSIVE MODE", one, other);
  }

  /** Renews the planner's statistics of some columns. */
  public static Query analyze(Table<?> table, Field<?>... columns) {
    return query("ANALYZE {0} ({1})", table, names(List.of(columns)));
  }

  /** Returns the plan of a query as lines of text. */
  public static QueryPart explain(Select<?> query) {
    return query("EXPLAIN {0}", query);
  }

  /** Takes rows in the server's binary form. */
  public static Query copyFrom(Table<?> table, List<Field<?>> columns) {
    return query("COPY {0} ({1}) FROM STDIN BINARY", table, names(columns));
  }

  private static QueryPart names(List<Field<?>> columns) {
    return list(columns.stream().map(Field::getUnqualifiedName).toList());
  }
}
