package io.tracestore.provider.sqlite.read;

import static io.tracestore.provider.sqlite.jooq.Tables.EVENTS;
import static io.tracestore.provider.sqlite.jooq.Tables.NAMES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_ACTORS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_EVENT_TYPES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_TAGS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_TERMS;
import static io.tracestore.provider.sqlite.schema.Dictionary.keyOf;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.column;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.withoutIndex;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.position;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectCount;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.Uuids;
import io.tracestore.provider.sqlite.schema.DurationClass;
import io.tracestore.provider.sqlite.schema.StatusCode;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record3;
import org.jooq.SelectConditionStep;
import org.jooq.SelectOrderByStep;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * The SQL that answers a {@link TraceQuery} with trace keys.
 *
 * <p>One filter leads: its index is read newest first, and every other filter is tested on what it
 * gives, so that a page costs no more than the rows in front of it. Which one leads is decided
 * here, by how few traces usually pass it, and not by SQLite's planner, which knows nothing about
 * the data. A filter that stands for several places of an index is one select for each, merged in
 * order.
 */
public final class SqliteQueryPlan {
  /** With more actors than that, those that a text is in are looked for in each trace's events. */
  public static final int MAX_ACTORS = 50;

  private final TraceQuery query;
  private final List<Long> actors;
  private final List<DataTerms.Lookup> lookups;

  /** Tests of the filters that do not lead. */
  private final List<Condition> tests = new ArrayList<>();

  /** The places of the leading filter's index; null while none leads. */
  private @Nullable List<? extends Condition> places;

  private String leading = "start";
  private Table<?> table = TRACES;
  private Field<Long> start = TRACES.START_NS;

  private SqliteQueryPlan(TraceQuery query, List<Long> actors, List<DataTerms.Lookup> lookups) {
    this.query = query;
    this.actors = actors;
    this.lookups = lookups;
    // The filter that usually leaves the fewest traces comes first: it leads.
    filter("execution", this::executionId);
    filter("session", () -> text(TRACES.SESSION_ID, query.sessionId()));
    filter("user", () -> text(TRACES.USER_ID, query.userId()));
    filter("failure", this::error);
    terms(true, "attribute");
    filter("tag", () -> query.tags().entrySet().forEach(this::tag));
    filter("actor", this::actor);
    filter("actor", this::actorContains);
    terms(true, "error");
    terms(true, "port");
    filter("flow", () -> name(TRACES.FLOW, query.flowId()));
    filter("duration", this::duration);
    filter("status", this::status);
    filter("event type", this::eventType);
    filter("environment", () -> name(TRACES.ENVIRONMENT, query.environment()));
    terms(false, "attribute");
  }

  /**
   * The SQL of {@code query}.
   *
   * @param actors the numbers of the names that {@link TraceQuery#actorContains()} is in; more than
   *     {@link #MAX_ACTORS} stand for too many
   * @param lookups the filters that terms answer; other keys only if there are such traces
   */
  public static SqliteQueryPlan of(
      TraceQuery query, List<Long> actors, List<DataTerms.Lookup> lookups) {
    return new SqliteQueryPlan(query, actors, lookups);
  }

  /** Selects the trace keys of the query's page, in order; its offset and position count. */
  public Rendered page(int limit) {
    return Rendered.withValues(
        keys(true).orderBy(column(2).desc(), column(3)).limit(limit).offset(query.offset()));
  }

  /** Selects the number of traces that match, on all pages. */
  public Rendered count() {
    return Rendered.withValues(selectCount().from(keys(false).asTable("matching")));
  }

  private SelectOrderByStep<Record3<Long, Long, byte[]>> keys(boolean paged) {
    SelectOrderByStep<Record3<Long, Long, byte[]>> all = null;
    for (Condition place : places == null ? List.of(noCondition()) : places) {
      SelectOrderByStep<Record3<Long, Long, byte[]>> one = keysAt(place, paged);
      all = all == null ? one : all.union(one);
    }
    return all != null ? all : keysAt(falseCondition(), paged);
  }

  private SelectConditionStep<Record3<Long, Long, byte[]>> keysAt(Condition place, boolean paged) {
    var keys = select(TRACES.TRACE_KEY, start, TRACES.TRACE_ID);
    // SQLite reads the left side of a CROSS JOIN first.
    var from = table.equals(TRACES) ? keys.from(TRACES) : keys.from(table).crossJoin(TRACES);
    return from.where(place)
        .and(startsInRange(paged))
        .and(tests.stream().reduce(noCondition(), Condition::and));
  }

  /** Always a range, which leaves out traces without a header. */
  private Condition startsInRange(boolean paged) {
    long from = query.startedFrom() == null ? Long.MIN_VALUE : EpochNanos.of(query.startedFrom());
    Condition range = start.ge(from);
    if (query.startedTo() != null) {
      range = range.and(start.le(EpochNanos.of(query.startedTo())));
    }
    TraceQuery.Position after = query.after();
    if (paged && after != null) {
      long last = EpochNanos.of(after.startTime());
      byte[] lastId = Uuids.toBytes(after.traceId().value());
      range =
          range
              .and(start.le(last))
              .and(withoutIndex(start).lt(last).or(withoutIndex(TRACES.TRACE_ID).gt(lastId)));
    }
    return range;
  }

  /** The name of the filter that leads. */
  public String leading() {
    return leading;
  }

  private void filter(String name, Runnable adding) {
    boolean isLed = places != null;
    adding.run();
    if (!isLed && places != null) {
      leading = name;
    }
  }

  /** Lets a filter of {@code traces} lead, if none does, or tests it. */
  private void leadOrTest(Condition leading, Condition test) {
    if (places == null) {
      places = List.of(leading);
    } else {
      tests.add(test);
    }
  }

  /** Lets a filter with a table of its own lead, if none does, or tests it. */
  private void leadOrTest(
      Table<?> own, Field<Long> ownStart, Field<Long> ownKey, List<? extends Condition> leading) {
    if (places == null) {
      table = own;
      start = ownStart;
      places = leading.stream().map(place -> place.and(TRACES.TRACE_KEY.eq(ownKey))).toList();
    } else {
      Condition test = falseCondition();
      for (Condition place : leading) {
        Condition there = place.and(ownStart.eq(TRACES.START_NS)).and(ownKey.eq(TRACES.TRACE_KEY));
        test = test.or(exists(selectOne().from(own).where(there)));
      }
      tests.add(test);
    }
  }

  private void executionId() {
    if (query.executionId() != null) {
      byte[] id = Uuids.toBytes(query.executionId().value());
      leadOrTest(TRACES.EXECUTION_ID.eq(id), withoutIndex(TRACES.EXECUTION_ID).eq(id));
      start = withoutIndex(TRACES.START_NS);
    }
  }

  private void text(Field<String> column, @Nullable String text) {
    if (text != null) {
      leadOrTest(column.eq(text), withoutIndex(column).eq(text));
    }
  }

  private void name(Field<Long> column, @Nullable String name) {
    if (name != null) {
      leadOrTest(column.eq(key(name)), withoutIndex(column).eq(key(name)));
    }
  }

  private void error() {
    String error = query.failedWith();
    if (error != null) {
      Condition same = withoutIndex(TRACES.ERROR).eq(error);
      leadOrTest(TRACES.ERROR_HASH.eq((long) error.hashCode()).and(same), same);
    }
  }

  private void status() {
    if (query.status() != null && query.failedWith() == null) {
      long code = StatusCode.of(query.status());
      leadOrTest(TRACES.STATUS.eq(code), withoutIndex(TRACES.STATUS).eq(code));
    }
  }

  private void duration() {
    if (query.minDuration() == null && query.maxDuration() == null) {
      return;
    }
    long shortest = query.minDuration() == null ? 0 : query.minDuration().toNanos();
    // To the end of its class, where the difference below overflows in the last one.
    long longest = query.maxDuration() == null ? -1 : query.maxDuration().toNanos();
    long least = DurationClass.of(shortest);
    long most = DurationClass.of(longest);
    Field<Long> durationClass = withoutIndex(TRACES.DURATION_CLASS);
    Field<Long> duration = TRACES.END_NS.minus(TRACES.START_NS);
    if (places == null) {
      places =
          LongStream.rangeClosed(least, most)
              .<Condition>mapToObj(TRACES.DURATION_CLASS::eq)
              .toList();
    }
    tests.add(durationClass.gt(least).or(durationClass.eq(least).and(duration.ge(shortest))));
    if (longest >= 0) {
      tests.add(durationClass.lt(most).or(durationClass.eq(most).and(duration.le(longest))));
    }
  }

  /** The lookups of a kind of filter: those that find all matches alone, or the others. */
  private void terms(boolean alone, String kind) {
    for (DataTerms.Lookup lookup : lookups) {
      if (lookup.filter().startsWith(kind) && alone == (lookup.otherKeys().length == 0)) {
        List<Condition> found =
            LongStream.of(lookup.all()).<Condition>mapToObj(TRACE_TERMS.TERM::eq).toList();
        filter(
            lookup.filter(),
            () -> leadOrTest(TRACE_TERMS, TRACE_TERMS.START_NS, TRACE_TERMS.TRACE_KEY, found));
      }
    }
  }

  private void tag(Map.Entry<String, String> tag) {
    leadOrTest(
        TRACE_TAGS,
        TRACE_TAGS.START_NS,
        TRACE_TAGS.TRACE_KEY,
        List.of(TRACE_TAGS.TAG.eq(key(tag.getKey())).and(TRACE_TAGS.VALUE.eq(tag.getValue()))));
  }

  private void eventType() {
    if (query.eventType() != null) {
      leadOrTest(
          TRACE_EVENT_TYPES,
          TRACE_EVENT_TYPES.START_NS,
          TRACE_EVENT_TYPES.TRACE_KEY,
          List.of(TRACE_EVENT_TYPES.TYPE.eq(key(query.eventType()))));
    }
  }

  private void actor() {
    if (query.actor() != null) {
      leadOrTest(
          TRACE_ACTORS,
          TRACE_ACTORS.START_NS,
          TRACE_ACTORS.TRACE_KEY,
          List.of(TRACE_ACTORS.ACTOR.eq(key(query.actor()))));
    }
  }

  private void actorContains() {
    String text = query.actorContains();
    if (text == null) {
      return;
    }
    if (actors.size() <= MAX_ACTORS) {
      leadOrTest(
          TRACE_ACTORS,
          TRACE_ACTORS.START_NS,
          TRACE_ACTORS.TRACE_KEY,
          actors.stream().map(TRACE_ACTORS.ACTOR::eq).toList());
    } else {
      Condition contains = position(NAMES.NAME, text).gt(0);
      tests.add(
          exists(
              selectOne()
                  .from(EVENTS)
                  .where(EVENTS.TRACE_KEY.eq(TRACES.TRACE_KEY))
                  .and(
                      withoutIndex(EVENTS.ACTOR)
                          .in(select(NAMES.NAME_KEY).from(NAMES).where(contains)))));
    }
  }

  private static Field<Long> key(String name) {
    return keyOf(val(name));
  }
}
