package io.tracestore.provider.clickhouse.sql;

import static io.tracestore.provider.clickhouse.jooq.Records.ACTOR_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.AGE;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;

import io.tracestore.provider.clickhouse.jooq.Section;
import java.util.List;
import java.util.UUID;
import org.jooq.Param;
import org.jooq.Select;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements name their database, and hold no text as it was given. */
class RendererTest {
  private static final List<UUID> IDS = List.of(new UUID(1, 2), new UUID(3, 4));

  private final Renderer renderer = new Renderer("db");

  @Test
  void aTableIsThatOfTheDatabase() {
    assertThat(renderer.text(select(AGE).from(RECORDS).where(SECTION.eq(Section.FLOW))))
        .isEqualTo("select age from db.records where section = 'flow'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"' OR 1 = 1 --", "\\' OR 1 = 1 --", "\\", "{0}", "?", ":name", "\u0001id"})
  void aTextIsHexadecimal(String text) {
    Select<?> byValue = select(AGE).from(RECORDS).where(ACTOR_ID.eq(text));
    Param<String> actor = param("actor", ACTOR_ID);
    Select<?> byParameter = select(AGE).from(RECORDS).where(ACTOR_ID.eq(actor));
    assertThat(renderer.text(byValue))
        .matches("select age from db\\.records where actor_id = unhex\\('[0-9a-f]+'\\)")
        .isEqualTo(renderer.render(byParameter).with(actor, text).text());
  }

  @Test
  void aPreparedStatementIsTheSameForEachUse() {
    IdSet some = IdSet.parameter("ids");
    Param<Long> age = param("age", AGE);
    Rendered rendered = renderer.render(among(some, age));
    Rendered filled = rendered.with(some, IDS).with(age, -5L);
    assertThat(rendered.with(some, List.of()).with(age, 1L).text()).contains("age > 1");
    assertThat(filled.text())
        .isEqualTo(renderer.text(among(IdSet.of(IDS), org.jooq.impl.DSL.val(-5L))));
  }

  private static Select<?> among(IdSet ids, Param<Long> age) {
    return select(AGE)
        .from(RECORDS)
        .where(TRACE_ID.in(SqlTemplates.idsOf(ids)), AGE.gt(age), SECTION.ne(Section.HEALTH));
  }

  @Test
  void aParameterThatIsMissingIsNamed() {
    IdSet some = IdSet.parameter("ids");
    Rendered rendered = renderer.render(among(some, param("age", AGE)));
    assertThatNullPointerException().isThrownBy(rendered.with(some, IDS)::text).withMessage("age");
  }
}
