package io.tracestore.provider.clickhouse.schema;

import static io.tracestore.provider.clickhouse.jooq.Records.AGE;
import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.NAME;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.jooq.Records.STARTED;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.cityHash64;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.isIn;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.ofEach;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.orZero;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.sipHash64;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.when;

import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.clickhouse.sql.IdSet;
import io.tracestore.provider.clickhouse.sql.NumberSet;
import io.tracestore.provider.clickhouse.sql.SqlTemplates;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import org.jooq.Condition;
import org.jooq.Field;

/** The parts of the table that statements read, as conditions. */
public final class Sections {
  /** The prefix of the primary key that holds headers and events. */
  public static final Condition TRACE_ROWS =
      SECTION.eq(Section.TRACE).and(NAME.eq("")).and(AGE.eq(0L));

  /** One row of each trace, by its start. */
  public static final Condition BY_TIME = SECTION.eq(Section.TIME).and(NAME.eq(""));

  /** The durations of traces. */
  public static final Condition BY_DURATION = SECTION.eq(Section.DURATION).and(NAME.eq(""));

  /** A row of each trace in which an event was stored again. */
  public static final Condition REPEATED = SECTION.eq(Section.REPEATED);

  /** The sections whose rows lie by age. */
  private static final List<Section> BY_AGE =
      List.of(Section.FLOW, Section.TIME, Section.ACTOR, Section.TYPE, Section.TERM);

  /** When the trace of a row started, in nanoseconds; what lies by its age says it by that. */
  public static final Field<Long> START =
      when(SECTION.in(BY_AGE), AGE.neg().minus(one())).otherwise(nanos(STARTED));

  private Sections() {}

  /** One row of each trace of a flow. */
  public static Condition ofFlow(String flowId) {
    return SECTION.eq(Section.FLOW).and(NAME.eq(flowId));
  }

  /** The name of a term in section {@code term}. */
  public static String nameOf(long term) {
    return HexFormat.of().toHexDigits(term);
  }

  /** One row of each trace that has one of some terms, for each of them. */
  public static Condition ofTerms(long... terms) {
    return SECTION
        .eq(Section.TERM)
        .and(NAME.in(LongStream.of(terms).mapToObj(Sections::nameOf).toList()));
  }

  /** The one row of section {@code time} of each of {@code ids}; by the indexes for it. */
  public static Condition placed(IdSet ids) {
    Condition byTime = SECTION.eq(Section.TIME);
    return BY_TIME
        .and(orZero(byTime, cityHash64(TRACE_ID)).in(ofEach(ids, SqlTemplates::cityHash64)))
        .and(orZero(byTime, sipHash64(TRACE_ID)).in(ofEach(ids, SqlTemplates::sipHash64)))
        .and(TRACE_ID.in(idsOf(ids)));
  }

  /** The rows of some days. */
  public static Condition in(Collection<Integer> days) {
    return in(NumberSet.of(days));
  }

  /** The rows of some days. */
  public static Condition in(NumberSet days) {
    return isIn(DAY, days);
  }
}
