package io.tracestore.provider.sqlite.write;

import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.sqlite.schema.Dictionary;
import io.tracestore.provider.sqlite.schema.StatusCode;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Statements;
import io.tracestore.provider.support.IdentityField;
import io.tracestore.spi.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The rows of {@code traces}, as the writer needs them. */
public final class HeaderRows {
  /** The columns of a header, in the order in which {@link #bindHeader} binds them. */
  private static final List<Field<?>> HEADER =
      List.of(
          TRACES.FLOW,
          TRACES.EXECUTION_ID,
          TRACES.START_NS,
          TRACES.END_NS,
          TRACES.DURATION_CLASS,
          TRACES.STATUS,
          TRACES.ERROR,
          TRACES.ERROR_HASH,
          TRACES.ENVIRONMENT,
          TRACES.USER_ID,
          TRACES.SESSION_ID,
          TRACES.HEADER);

  private static final Rendered INSERT =
      Rendered.of(
          insertInto(TRACES)
              .set(parameters(HEADER))
              .set(parameters(List.of(TRACES.TRACE_KEY, TRACES.TRACE_ID, TRACES.TERMS)))
              .onConflict(TRACES.TRACE_ID)
              .doNothing());

  private static final Rendered INSERT_WITHOUT_HEADER =
      Rendered.of(
          insertInto(TRACES, TRACES.TRACE_KEY, TRACES.TRACE_ID, TRACES.TERMS)
              .values(param(TRACES.TRACE_KEY), param(TRACES.TRACE_ID), param(TRACES.TERMS)));

  private static final Condition WITH_KEY = TRACES.TRACE_KEY.eq(param(TRACES.TRACE_KEY));

  private static final Rendered UPDATE =
      Rendered.of(DSL.update(TRACES).set(parameters(HEADER)).where(WITH_KEY));

  private static final Rendered SET_TERMS =
      Rendered.of(DSL.update(TRACES).set(TRACES.TERMS, param(TRACES.TERMS)).where(WITH_KEY));

  private static final Rendered DELETE = Rendered.of(deleteFrom(TRACES).where(WITH_KEY));

  /** The columns of {@link Stored}. */
  private static final List<Field<?>> STORED =
      List.of(
          TRACES.TRACE_KEY,
          TRACES.START_NS,
          TRACES.FLOW,
          TRACES.EXECUTION_ID,
          TRACES.ENVIRONMENT,
          TRACES.STATUS,
          TRACES.HEADER,
          TRACES.TERMS);

  private static final Rendered FIND =
      Rendered.of(select(STORED).from(TRACES).where(TRACES.TRACE_ID.eq(param(TRACES.TRACE_ID))));

  private static final Rendered OLDEST =
      Rendered.of(
          select(STORED)
              .from(TRACES)
              .where(TRACES.START_NS.le(param(TRACES.START_NS)))
              .orderBy(TRACES.START_NS)
              .limit(one()));

  private static final Rendered NEXT_WITHOUT_HEADER =
      Rendered.of(
          select(TRACES.TRACE_KEY)
              .from(TRACES)
              .where(TRACES.START_NS.isNull())
              .and(TRACES.TRACE_KEY.gt(param(TRACES.TRACE_KEY)))
              .orderBy(TRACES.TRACE_KEY)
              .limit(one()));

  private final Dictionary names;
  private final PreparedStatement insert;
  private final PreparedStatement insertWithoutHeader;
  private final PreparedStatement update;
  private final PreparedStatement setTerms;
  private final PreparedStatement find;
  private final PreparedStatement delete;
  private final PreparedStatement oldest;
  private final PreparedStatement nextWithoutHeader;

  /**
   * The facts that the writer needs about a stored row.
   *
   * @param start null if there is no header yet; the other fields have no meaning then
   * @param status see {@link StatusCode}
   * @param terms those of its events, also without a header
   */
  @SuppressWarnings("ArrayRecordComponent") // read and dropped
  public record Stored(
      long key,
      @Nullable Long start,
      long flow,
      byte @Nullable [] executionId,
      long environment,
      int status,
      byte @Nullable [] header,
      SortedSet<Long> terms) {
    boolean hasIdentityOf(EncodedTrace trace, long flowKey) {
      return start != null
          && start == trace.start()
          && flow == flowKey
          && Arrays.equals(executionId, trace.executionId());
    }

    Set<IdentityField> differingFrom(EncodedTrace trace, long flowKey) {
      return IdentityField.differing(
          flow == flowKey,
          Arrays.equals(executionId, trace.executionId()),
          start != null && start == trace.start());
    }

    boolean isTerminal() {
      return StatusCode.isTerminal(status);
    }

    /** The tags; null if the header is damaged, which must not keep it from being replaced. */
    @Nullable Map<String, String> tags() {
      try {
        return header == null ? Map.of() : TraceBinary.decodeHeader(header).metadata().tags();
      } catch (CorruptDataException e) {
        return null;
      }
    }
  }

  public HeaderRows(Statements statements, Dictionary names) throws SQLException {
    this.names = names;
    this.insert = statements.prepare(INSERT);
    this.insertWithoutHeader = statements.prepare(INSERT_WITHOUT_HEADER);
    this.update = statements.prepare(UPDATE);
    this.setTerms = statements.prepare(SET_TERMS);
    this.find = statements.prepare(FIND);
    this.delete = statements.prepare(DELETE);
    this.oldest = statements.prepare(OLDEST);
    this.nextWithoutHeader = statements.prepare(NEXT_WITHOUT_HEADER);
  }

  private static Map<Field<?>, Param<?>> parameters(List<Field<?>> columns) {
    Map<Field<?>, Param<?>> parameters = new LinkedHashMap<>();
    columns.forEach(column -> parameters.put(column, DSL.param(column)));
    return parameters;
  }

  /** Whether the trace was new, and has the key now. */
  public boolean insert(long key, EncodedTrace trace) throws SQLException {
    return bindHeader(insert, trace)
            .number(key)
            .bytes(trace.traceId())
            .bytes(bytes(trace.terms()))
            .run()
        == 1;
  }

  /** Makes a row for early events. */
  public void insertWithoutHeader(long key, byte[] traceId, long[] terms) throws SQLException {
    Binder.of(insertWithoutHeader).number(key).bytes(traceId).bytes(bytes(terms)).run();
  }

  public void update(long key, EncodedTrace trace) throws SQLException {
    bindHeader(update, trace).number(key).run();
  }

  /** Sets the terms of a trace's events. */
  public void setTerms(long key, Collection<Long> terms) throws SQLException {
    byte[] bytes = bytes(terms.stream().mapToLong(Long::longValue).toArray());
    Binder.of(setTerms).bytes(bytes).number(key).run();
  }

  private static byte @Nullable [] bytes(long[] terms) {
    if (terms.length == 0) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(terms.length * Long.BYTES);
    bytes.asLongBuffer().put(terms);
    return bytes.array();
  }

  private static SortedSet<Long> terms(byte @Nullable [] bytes) {
    SortedSet<Long> terms = new TreeSet<>();
    if (bytes != null) {
      LongBuffer each = ByteBuffer.wrap(bytes).asLongBuffer();
      while (each.hasRemaining()) {
        terms.add(each.get());
      }
    }
    return terms;
  }

  private Binder bindHeader(PreparedStatement statement, EncodedTrace encoded) throws SQLException {
    FlowTrace trace = encoded.trace();
    TraceMetadata metadata = trace.metadata();
    String error = trace.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null;
    return Binder.of(statement)
        .number(names.key(trace.flowId()))
        .bytes(encoded.executionId())
        .number(encoded.start())
        .number(encoded.end())
        .number(encoded.durationClass())
        .number(StatusCode.of(trace.status().kind()))
        .text(error)
        .number(error == null ? null : Long.valueOf(error.hashCode()))
        .number(names.key(metadata.environment()))
        .text(metadata.userId())
        .text(metadata.sessionId())
        .bytes(encoded.header());
  }

  @Nullable Stored find(byte[] traceId) throws SQLException {
    Binder.of(find).bytes(traceId);
    return read(find);
  }

  /** The oldest trace, if it started at {@code last} or before. */
  @Nullable Stored oldest(long last) throws SQLException {
    Binder.of(oldest).number(last);
    return read(oldest);
  }

  /** The next key after {@code key} of a trace without a header; 0 if there is none. */
  public long nextWithoutHeader(long key) throws SQLException {
    Binder.of(nextWithoutHeader).number(key);
    try (ResultSet rows = nextWithoutHeader.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  public void delete(long key) throws SQLException {
    Binder.of(delete).number(key).run();
  }

  private static @Nullable Stored read(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      long key = row.getLong(1);
      long start = row.getLong(2);
      return new Stored(
          key,
          row.wasNull() ? null : (Long) start,
          row.getLong(3),
          row.getBytes(4),
          row.getLong(5),
          row.getInt(6),
          row.getBytes(7),
          terms(row.getBytes(8)));
    }
  }
}
