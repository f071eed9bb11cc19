package io.tracestore.provider.clickhouse.sql;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.resultQuery;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sql;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Record2;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** Clauses, functions and statements that jOOQ lacks: each once, with its types. */
public final class SqlTemplates {
  private static final Field<Long> NUMBER = field(name("number"), SQLDataType.BIGINT);
  private static final Field<Types.Ids> OF_EACH = field(name("bytes"), Types.BYTES_OF_IDS);

  private SqlTemplates() {}

  // Clauses of a query

  /** The first of {@code rows} for each value of {@code by}. */
  public static ResultQuery<Record> firstOfEach(Select<?> rows, Field<?>... by) {
    return resultQuery("{0} LIMIT 1 BY {1}", rows, list(by));
  }

  /** A page of rows. */
  public static ResultQuery<Record> page(ResultQuery<?> rows, long limit, long offset) {
    return resultQuery("{0} LIMIT {1} OFFSET {2}", rows, val(limit), val(offset));
  }

  /** The first rows. */
  public static ResultQuery<Record> first(ResultQuery<?> rows, long limit) {
    return resultQuery("{0} LIMIT {1}", rows, val(limit));
  }

  /** Rows that are read in blocks of {@code size}, and no block ahead. */
  public static ResultQuery<Record> readInBlocks(ResultQuery<?> rows, long size) {
    return resultQuery(
        "{0} SETTINGS max_block_size = {1}, read_in_order_use_buffering = 0", rows, val(size));
  }

  /** The rows of two queries, of which one is none of jOOQ's own. */
  public static ResultQuery<Record> unionAll(ResultQuery<?> first, ResultQuery<?> second) {
    return resultQuery("{0} UNION ALL {1}", first, second);
  }

  /** A query as a table without a name. */
  public static Table<Record> rowsOf(ResultQuery<?> rows) {
    return table("({0})", rows);
  }

  /** The numbers from 0 up to, but not including, {@code count}. */
  private static Table<Record> numbers(Field<Integer> count) {
    return table("numbers({0})", count);
  }

  // Ids

  /** The ids of a set. */
  public static Select<Record1<UUID>> idsOf(IdSet ids) {
    return ofEach(ids, id -> id);
  }

  /** A value of each id of a set. */
  public static <T> Select<Record1<T>> ofEach(IdSet ids, Function<Field<UUID>, Field<T>> value) {
    return select(value.apply(idIn(ids.bytes(), 16, 1))).from(numbers(ids.count()));
  }

  /** Ids that lie two by two in a set. */
  public static Select<Record2<UUID, UUID>> pairsOf(IdSet ids) {
    Field<Integer> pairs = field("intDiv({0}, 2)", SQLDataType.INTEGER, ids.count());
    Table<?> bytes = select(ids.bytes().as(OF_EACH), NUMBER).from(numbers(pairs)).asTable("pairs");
    return select(idIn(OF_EACH, 32, 1), idIn(OF_EACH, 32, 17)).from(bytes);
  }

  /** An id of each number: from a position in each {@code width} bytes. */
  private static Field<UUID> idIn(Field<Types.Ids> bytes, int width, int position) {
    return field(
        "toFixedString(substring({0}, number * {1} + {2}, 16), 16)",
        Types.ID, bytes, inline(width), inline(position));
  }

  /** One of the ids of an array, from 1 on. */
  public static Field<UUID> idAt(Field<UUID[]> ids, int position) {
    return field("{0}[{1}]", Types.ID, ids, inline(position));
  }

  /** Whether there are ids in an array. */
  public static Condition notEmpty(Field<UUID[]> ids) {
    return condition("notEmpty({0})", ids);
  }

  /** Whether an array has no ids. */
  public static Condition empty(Field<UUID[]> ids) {
    return condition("empty({0})", ids);
  }

  /** One hash of an id. */
  public static Field<BigInteger> cityHash64(Field<UUID> id) {
    return field("cityHash64({0})", SQLDataType.DECIMAL_INTEGER, id);
  }

  /** Another hash of an id. */
  public static Field<BigInteger> sipHash64(Field<UUID> id) {
    return field("sipHash64({0})", SQLDataType.DECIMAL_INTEGER, id);
  }

  /** A number where a condition holds, and 0 elsewhere; spelled as indexes are. */
  public static Field<BigInteger> orZero(Condition condition, Field<BigInteger> number) {
    return field("if({0}, {1}, 0)", SQLDataType.DECIMAL_INTEGER, condition, number);
  }

  /** An ordered sample of at most {@code size} ids. */
  public static Field<UUID[]> sortedSample(Field<UUID> id, int size) {
    return field("arraySort(groupArraySample({1}, 1)({0}))", Types.IDS, id, inline(size));
  }

  // Values

  /** Whether a number is one of a set. */
  public static Condition isIn(Field<? extends Number> number, NumberSet set) {
    return condition("{0} IN {1}", number, set.numbers());
  }

  /**
   * A time in nanoseconds. Times are compared as these: a server passes a constant time on to the
   * others of a cluster as text, in which they do not read the first second of all back.
   */
  public static Field<Long> nanos(Field<Instant> time) {
    return field("toUnixTimestamp64Nano({0})", SQLDataType.BIGINT, time);
  }

  /** The whole quotient of a number and a positive divisor, rounded down. */
  public static Field<Long> floorDiv(Field<Long> number, long divisor) {
    return field(
        "intDiv({0}, toInt64({1})) - (({0}) % toInt64({1}) < 0)",
        SQLDataType.BIGINT, number, inline(divisor));
  }

  /** Whether a bit is set, which is given as the number that has it alone. */
  public static Condition hasFlag(Field<Integer> flags, int flag) {
    return condition("bitTest({0}, {1})", flags, inline(Integer.numberOfTrailingZeros(flag)));
  }

  /** A number of 8 bits without a sign. */
  public static Field<Integer> u8(QueryPart value) {
    return field("toUInt8({0})", SQLDataType.INTEGER, value);
  }

  /** A number of 32 bits. */
  public static Field<Integer> i32(Field<?> value) {
    return field("toInt32({0})", SQLDataType.INTEGER, value);
  }

  /** A number of 64 bits. */
  public static Field<Long> i64(Field<?> value) {
    return field("toInt64({0})", SQLDataType.BIGINT, value);
  }

  /** A number as a double. */
  public static Field<Double> real(Field<? extends Number> value) {
    return field("toFloat64({0})", SQLDataType.DOUBLE, value);
  }

  /** A value as text. */
  public static Field<String> text(Field<?> value) {
    return field("toString({0})", Types.TEXT, value);
  }

  /** How many bytes a text has. */
  public static Field<Long> bytes(Field<String> text) {
    return field("length({0})", SQLDataType.BIGINT, text);
  }

  /** Whether a text has another within it. */
  public static Condition contains(Field<String> text, Field<String> part) {
    return condition("position({0}, {1}) > 0", text, part);
  }

  /** Whether a map has a value for a key. */
  public static Condition hasPair(Field<Object> map, Field<String> key, Field<String> value) {
    return condition("(mapContains({0}, {1}) AND {0}[{1}] = {2})", map, key, value);
  }

  /** Whether a map has a key. */
  public static Condition hasKey(Field<Object> map, Field<String> key) {
    return condition("mapContains({0}, {1})", map, key);
  }

  /** Whether a list of texts has one. */
  public static Condition hasText(Field<String[]> texts, Field<String> text) {
    return condition("has({0}, {1})", texts, text);
  }

  // Sums

  /** An exact sum, in 128 bits. */
  public static Field<BigInteger> sum128(Field<Long> number) {
    return field("sum(toUInt128({0}))", SQLDataType.DECIMAL_INTEGER, number);
  }

  /** How many rows there are of each class. */
  public static Field<Object> countsOf(Field<Integer> ofClass) {
    return field("sumMap(map({0}, toUInt64(1)))", SQLDataType.OTHER, ofClass);
  }

  /**
   * Exact sums of doubles, for each sign and exponent that occurs: the first 12 bits of a double,
   * and the sum of its other bits, with the implied one, in 128 bits.
   */
  public static Field<Object> sumsBySignAndExponent(Field<Double> number) {
    return field(
        """
        sumMap(map(\
        toInt16(bitShiftRight(reinterpretAsInt64({0}), 52)), \
        toUInt128(bitAnd(reinterpretAsInt64({0}), 4503599627370495) \
        + (bitAnd(reinterpretAsInt64({0}), 9218868437227405312) != 0) * 4503599627370496)))\
        """,
        SQLDataType.OTHER, number);
  }

  /** The exact number of different values. */
  public static Field<Long> countExactly(Field<?> different) {
    return field("uniqExact({0})", SQLDataType.BIGINT, different);
  }

  /** All texts of a group, with commas between them. */
  public static Field<String> joined(Field<String> text) {
    return field("arrayStringConcat(groupArray({0}), ',')", Types.TEXT, text);
  }

  /** The values of several columns in the row whose {@code rev} is the greatest, nulls too. */
  public static Field<Object> newestOf(List<? extends Field<?>> columns, Field<Long> rev) {
    return field("argMax(tuple({0}), {1})", SQLDataType.OTHER, list(columns), rev);
  }

  /** One of several values, from 1 on. */
  public static <T> Field<T> element(Field<Object> values, int number, Field<T> column) {
    return field("{0}.{1}", column.getDataType(), values, inline(number)).as(column);
  }

  /**
   * The class of a time in nanoseconds, from its exact whole logarithm. The fast one, {@code
   * guess}, may be off by one. That of a number below 16 is 4: a server may be set to compute it
   * for all. Both cases have the same type: before 26.1, servers take no other.
   */
  public static Field<Integer> latencyClass(Field<Long> nanos) {
    return field(
        """
        toUInt16(if({0} < 16, {0}, toUInt64(((\
        toUInt8((\
        toUInt8((\
        toUInt8(floor(log2(greatest({0}, toUInt64(16))))) AS guess) \
        - (bitShiftLeft(toUInt64(1), guess) > greatest({0}, toUInt64(16)))) AS lower) \
        + (lower < 62 AND bitShiftLeft(toUInt64(1), lower + 1) <= {0})) AS log) - 3) * 16 \
        + bitAnd(bitShiftRight({0}, log - 4), 15))))\
        """,
        SQLDataType.INTEGER, nanos);
  }

  /** A number of 16 bits: 1 more than {@code number} where a flag is set, and 0 elsewhere. */
  public static Field<Integer> fromOne(Field<Integer> number, Field<Integer> flags, int flag) {
    return field("toUInt16({0} * ({1} + 1))", SQLDataType.INTEGER, hasFlag(flags, flag), number);
  }

  // The server

  /** The server's release. */
  public static Field<String> version() {
    return field("version()", Types.TEXT);
  }

  /** Makes the server's machine write all files to its disk. */
  public static Query syncFiles() {
    return query("SYSTEM SYNC FILE CACHE");
  }

  // Changes of tables

  /** The clause of a statement that changes a table on every server; nothing for one server. */
  public static QueryPart onCluster(@Nullable String cluster) {
    return cluster == null ? sql("") : sql("ON CLUSTER {0}", inline(cluster));
  }

  /** Hides rows at once. */
  public static Query delete(Table<?> from, QueryPart onCluster, Condition rows) {
    return query("DELETE FROM {0} {1} WHERE {2}", from, onCluster, rows);
  }

  /** Hides rows of one partition at once. */
  public static Query delete(Table<?> from, QueryPart onCluster, int partition, Condition rows) {
    return query(
        "DELETE FROM {0} {1} IN PARTITION {2} WHERE {3}", from, onCluster, inline(partition), rows);
  }

  /** Removes a partition. */
  public static Query dropPartition(Table<?> from, QueryPart onCluster, int partition) {
    return query("ALTER TABLE {0} {1} DROP PARTITION {2}", from, onCluster, inline(partition));
  }

  /**
   * Makes the server remove rows that are some days old, however it was before.
   *
   * @param day the day of a row, since 1970, which may be out of the range of a date
   * @param last the last date, since 1970, that may get older by {@code days}
   */
  public static Query setRetention(
      Table<?> of, QueryPart onCluster, Field<Long> day, int last, int days) {
    return query(
        """
        ALTER TABLE {0} {1} MODIFY TTL \
        toDate(toUInt16(least(greatest({2}, 0), {3}))) + INTERVAL {4} DAY\
        """,
        of, onCluster, day, inline(last), inline(days));
  }

  /** The day on which a row was written, where its own day is one of no trace. */
  public static Field<Long> dayOrWritten(Field<Integer> day, int none, Field<Long> rev) {
    return field(
        "if({0} = {1}, toInt64(intDiv({2}, 86400000000000)), toInt64({0}))",
        SQLDataType.BIGINT, day, inline(none), rev);
  }

  /** Makes the server keep all rows. */
  public static Query removeRetention(Table<?> of, QueryPart onCluster) {
    return query("ALTER TABLE {0} {1} REMOVE TTL", of, onCluster);
  }

  /** Makes operations that change rows of a part make its projections again. */
  public static Query rebuildProjections(Table<?> of, QueryPart onCluster) {
    return query(
        """
        ALTER TABLE {0} {1} MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild', \
        lightweight_mutation_projection_mode = 'rebuild'\
        """,
        of, onCluster);
  }

  /** Makes a projection of new parts. */
  public static Query addProjection(
      Table<?> to,
      QueryPart onCluster,
      String projection,
      List<? extends Field<?>> keys,
      List<? extends Field<?>> sums) {
    return query(
        "ALTER TABLE {0} {1} ADD PROJECTION IF NOT EXISTS {2} (SELECT {3}, {4} GROUP BY {3})",
        to, onCluster, name(projection), list(keys), list(sums));
  }

  /** Makes a projection of the parts that are there. */
  public static Query fillProjection(Table<?> of, QueryPart onCluster, String projection) {
    return query("ALTER TABLE {0} {1} MATERIALIZE PROJECTION {2}", of, onCluster, name(projection));
  }
}
