package io.tracestore.provider.postgresql.sql;

import static io.tracestore.provider.postgresql.jooq.Tracestore.TRACESTORE;

import io.tracestore.provider.support.JooqGreeting;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import org.jooq.DSLContext;
import org.jooq.QueryPart;
import org.jooq.SQLDialect;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/**
 * Renders the statements of a store. Every table is named with its schema, which may have any
 * characters in its name: so no statement depends on a search path, which a connection pooler or a
 * role may set otherwise. Safe for many threads.
 */
public final class Renderer {
  private final DSLContext context;
  private final Map<Rendered, Text> texts = new ConcurrentHashMap<>();

  public Renderer(String schema) {
    JooqGreeting.leaveOut();
    context =
        DSL.using(
            SQLDialect.POSTGRES,
            new Settings()
                .withRenderMapping(
                    new RenderMapping()
                        .withSchemata(
                            new MappedSchema()
                                .withInput(TRACESTORE.getName())
                                .withOutput(schema))));
  }

  /**
   * A statement as text.
   *
   * @param pieces the text between the places for constants
   * @param places the numbers of the constants between the pieces
   * @param values the values of its parameters, in order
   */
  private record Text(List<String> pieces, List<Integer> places, List<Object> values) {
    String with(Constant... constants) {
      if (places.isEmpty()) {
        return pieces.getFirst();
      }
      StringBuilder whole = new StringBuilder(pieces.getFirst());
      for (int i = 0; i < places.size(); i++) {
        whole.append(constants[places.get(i)].text()).append(pieces.get(i + 1));
      }
      return whole.toString();
    }
  }

  /** The text of {@code sql}, with {@code constants} in their places. */
  String text(Rendered sql, Constant... constants) {
    return rendered(sql).with(constants);
  }

  /** The values of the parameters of {@code sql}; null for one that its user sets. */
  List<Object> values(Rendered sql) {
    return rendered(sql).values;
  }

  private Text rendered(Rendered sql) {
    Text text = texts.get(sql);
    return text != null ? text : texts.computeIfAbsent(sql, this::render);
  }

  private Text render(Rendered sql) {
    // Other stores render the same statement.
    synchronized (sql) {
      String whole = text(sql.statement());
      return new Text(
          List.of(SqlTemplates.PLACE.split(whole)),
          SqlTemplates.PLACE.matcher(whole).results().map(Renderer::number).toList(),
          values(sql.statement()));
    }
  }

  private static Integer number(MatchResult place) {
    return Integer.valueOf(place.group(1));
  }

  /** The text of a statement that is rendered each time. */
  String text(QueryPart statement) {
    return context.render(statement);
  }

  /** The values of its parameters. */
  List<Object> values(QueryPart statement) {
    return context.extractBindValues(statement);
  }

  /** The text of a statement with its values in it, to look at its plan. */
  public String withValues(QueryPart statement) {
    return context.renderInlined(statement);
  }
}
