package io.tracestore.provider.clickhouse.sql;

import io.tracestore.provider.support.JooqGreeting;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.SQLDialect;
import org.jooq.conf.BackslashEscaping;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.RenderOptionalKeyword;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/** Renders the statements of one database, with their values. Safe for many threads. */
public final class Renderer {
  private final DSLContext context;

  /**
   * @param database where the tables are
   */
  public Renderer(String database) {
    JooqGreeting.leaveOut();
    this.context = DSL.using(SQLDialect.CLICKHOUSE, settings(database));
  }

  private static Settings settings(String database) {
    return new Settings()
        .withRenderMapping(
            new RenderMapping().withSchemata(new MappedSchema().withInput("").withOutput(database)))
        .withRenderQuotedNames(RenderQuotedNames.NEVER)
        .withRenderOptionalAsKeywordForFieldAliases(RenderOptionalKeyword.ON)
        .withRenderOptionalAsKeywordForTableAliases(RenderOptionalKeyword.ON)
        .withRenderNamedParamPrefix(Rendered.PARAMETER)
        // By itself jOOQ leaves backslashes, which the server takes for escapes.
        .withBackslashEscaping(BackslashEscaping.ON);
  }

  /** The text of {@code statement}. */
  public String text(QueryPart statement) {
    return context.renderInlined(statement);
  }

  /** Renders a statement once, without the values of its named parameters. */
  public Rendered render(Query statement) {
    return new Rendered(context, context.renderNamedOrInlinedParams(statement));
  }
}
