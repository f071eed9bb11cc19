package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.NAMES;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.schema.Dictionary;
import io.tracestore.provider.postgresql.schema.EscapedText;
import io.tracestore.provider.postgresql.schema.Labels;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.StatusCode;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.TraceQuery;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The conditions that a query puts on rows of {@code traces}, each one that an index answers. */
final class PostgresQueryPlan {
  /**
   * The number of a flow id's first characters that are in the index, which takes no long texts.
   */
  static final int INDEXED_CHARS = 200;

  static final Traces T = TRACES.as("t");

  private PostgresQueryPlan() {}

  /**
   * The condition that a row of {@code query} must fulfil.
   *
   * @param session the one that runs the query: numbers of names are valid only there
   * @param withPosition whether the row must come after the query's position
   */
  static Condition of(Session session, TraceQuery query, boolean withPosition) throws SQLException {
    List<Condition> all = new ArrayList<>();
    all.add(T.START_NS.isNotNull());
    addIdentity(all, query);
    addTimes(all, query);
    addStatus(all, query);
    addLabels(all, query);
    addEvents(session, all, query);
    addTerms(session, all, query);
    TraceQuery.Position after = query.after();
    if (withPosition && after != null) {
      all.add(behind(after));
    }
    return DSL.and(all);
  }

  private static void addIdentity(List<Condition> all, TraceQuery query) {
    if (query.flowId() != null) {
      all.add(ofFlow(query.flowId()));
    }
    if (query.executionId() != null) {
      all.add(T.EXECUTION_ID.eq(query.executionId().value()));
    }
  }

  /** That a trace is of exactly this flow. */
  static Condition ofFlow(String flowId) {
    String flow = EscapedText.escape(flowId);
    Condition beginning =
        DSL.left(T.FLOW_ID, constant(INDEXED_CHARS)).eq(DSL.left(flow, constant(INDEXED_CHARS)));
    // Only then may another flow begin alike; asked in vain, it makes the planner expect fewer
    // rows.
    return flow.codePointCount(0, flow.length()) >= INDEXED_CHARS
        ? beginning.and(T.FLOW_ID.eq(flow))
        : beginning;
  }

  private static void addTimes(List<Condition> all, TraceQuery query) {
    if (query.startedFrom() != null) {
      all.add(T.START_NS.ge(EpochNanos.of(query.startedFrom())));
    }
    if (query.startedTo() != null) {
      all.add(T.START_NS.le(EpochNanos.of(query.startedTo())));
    }
    if (query.minDuration() != null) {
      all.add(T.DURATION_NS.ge(query.minDuration().toNanos()));
    }
    if (query.maxDuration() != null) {
      all.add(T.DURATION_NS.between(0L, query.maxDuration().toNanos()));
    }
  }

  private static void addStatus(List<Condition> all, TraceQuery query) {
    ExecutionStatus.Kind status =
        query.failedWith() != null ? ExecutionStatus.Kind.FAILED : query.status();
    if (status != null) {
      all.add(T.STATUS.eq(StatusCode.of(status)));
    }
  }

  /** All at once: one look into the index finds the traces that have every label. */
  private static void addLabels(List<Condition> all, TraceQuery query) {
    Labels labels =
        new Labels()
            .add(Labels.ENVIRONMENT, query.environment())
            .add("user", query.userId())
            .add("session", query.sessionId())
            .add("error", query.failedWith())
            .addTags(query.tags());
    if (!labels.isEmpty()) {
      all.add(T.LABELS.contains(JSONB.valueOf(labels.toJson())));
    }
  }

  private static void addEvents(Session session, List<Condition> all, TraceQuery query)
      throws SQLException {
    List<Integer> facets = new ArrayList<>(2);
    boolean found =
        addFacet(session, facets, Name.Kind.ACTOR, query.actor())
            && addFacet(session, facets, Name.Kind.EVENT_TYPE, query.eventType());
    if (!found) {
      all.add(DSL.falseCondition());
    } else if (!facets.isEmpty()) {
      all.add(T.FACETS.contains(facets.toArray(new Integer[0])));
    }
    if (query.actorContains() != null) {
      all.add(hasActorWith(query.actorContains()));
    }
  }

  /** That a row may be of a trace whose events have such data. */
  private static void addTerms(Session session, List<Condition> all, TraceQuery query)
      throws SQLException {
    if (!query.filtersEventData()) {
      return;
    }
    List<DataTerms> lists =
        Dictionary.all(session, Name.Kind.INDEXED_KEYS).stream().map(DataTerms::ofList).toList();
    for (DataTerms.Lookup lookup : DataTerms.of(query, lists)) {
      Long[] terms = LongStream.of(lookup.all()).boxed().toArray(Long[]::new);
      all.add(DSL.arrayOverlap(T.TERMS, terms));
    }
  }

  private static boolean addFacet(
      Session session, List<Integer> facets, Name.Kind kind, @Nullable String name)
      throws SQLException {
    if (name == null) {
      return true;
    }
    Optional<Integer> number = Dictionary.find(session, new Name(kind, name));
    number.ifPresent(facets::add);
    return number.isPresent();
  }

  private static Condition hasActorWith(String text) {
    Field<Integer[]> actors =
        DSL.array(
            DSL.select(NAMES.NAME_ID)
                .from(NAMES)
                .where(NAMES.KIND.eq(Name.Kind.ACTOR.code()))
                .and(DSL.position(NAMES.NAME, EscapedText.escape(text)).gt(0)));
    return DSL.arrayOverlap(T.FACETS, actors);
  }

  private static Condition behind(TraceQuery.Position after) {
    long start = EpochNanos.of(after.startTime());
    return T.START_NS
        .le(start)
        .and(T.START_NS.lt(start).or(T.TRACE_ID.gt(after.traceId().value())));
  }
}
