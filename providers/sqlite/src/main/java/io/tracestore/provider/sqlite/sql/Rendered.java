package io.tracestore.provider.sqlite.sql;

import io.tracestore.provider.support.JooqGreeting;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/**
 * A statement as the text that SQLite reads. jOOQ takes up to a millisecond to make the text, so
 * each statement that is always the same is a constant.
 *
 * @param values the values to bind, in order; none if each call binds its own
 */
public record Rendered(String sql, List<Object> values) {
  private static final DSLContext SQLITE;

  static {
    JooqGreeting.leaveOut();
    SQLITE =
        DSL.using(
            SQLDialect.SQLITE,
            new Settings().withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED));
  }

  public Rendered {
    values = List.copyOf(values);
  }

  /** A statement whose parameters each call binds, in the order of the statement. */
  public static Rendered of(Query statement) {
    return new Rendered(SQLITE.render(statement), List.of());
  }

  /** A statement with the values that are in it. */
  public static Rendered withValues(Query statement) {
    return new Rendered(SQLITE.render(statement), SQLITE.extractBindValues(statement));
  }
}
