package io.tracestore.provider.clickhouse.sql;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Param;
import org.jooq.impl.DSL;

/** A statement that is rendered once; only its parameters are rendered for a call. Immutable. */
public final class Rendered {
  /** A character before the name of a parameter, which no statement has otherwise. */
  static final String PARAMETER = "\u0001";

  private static final Pattern NAME = Pattern.compile(PARAMETER + "([a-z_]+)");

  private final DSLContext context;

  /** The text before each parameter, and that after the last. */
  private final List<String> texts;

  private final List<String> names;
  private final Map<String, String> values;

  Rendered(DSLContext context, String statement) {
    this.context = context;
    this.texts = List.of(NAME.split(statement, -1));
    this.names = NAME.matcher(statement).results().map(name -> name.group(1)).toList();
    this.values = Map.of();
  }

  private Rendered(Rendered before, Map<String, String> values) {
    this.context = before.context;
    this.texts = before.texts;
    this.names = before.names;
    this.values = values;
  }

  /** Fills in a parameter. */
  public <T> Rendered with(Param<T> parameter, T value) {
    Map<String, String> more = new HashMap<>(values);
    put(more, parameter, value);
    return new Rendered(this, more);
  }

  /** Fills in a set. */
  public Rendered with(IdSet set, Collection<UUID> ids) {
    return with(set.bytes(), Types.Ids.of(ids)).with(set.count(), ids.size());
  }

  /** Fills in a set. */
  public Rendered with(NumberSet set, Collection<? extends Number> numbers) {
    return with(set.numbers(), Types.Numbers.of(numbers));
  }

  private <T> void put(Map<String, String> more, Param<T> parameter, T value) {
    more.put(
        Objects.requireNonNull(parameter.getParamName()),
        context.renderInlined(DSL.val(value, parameter.getDataType())));
  }

  /**
   * The whole text.
   *
   * @throws NullPointerException if a parameter is not filled in
   */
  public String text() {
    StringBuilder text = new StringBuilder(texts.getFirst());
    for (int i = 0; i < names.size(); i++) {
      text.append(Objects.requireNonNull(values.get(names.get(i)), names.get(i)));
      text.append(texts.get(i + 1));
    }
    return text.toString();
  }
}
