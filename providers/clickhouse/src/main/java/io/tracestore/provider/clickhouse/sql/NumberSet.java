package io.tracestore.provider.clickhouse.sql;

import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.val;

import java.util.Collection;
import org.jooq.Param;

/**
 * A set of numbers, to follow {@code IN}.
 *
 * @param numbers at least one
 */
public record NumberSet(Param<Types.Numbers> numbers) {
  /** The set of {@code numbers}. */
  public static NumberSet of(Collection<? extends Number> numbers) {
    return new NumberSet(val(Types.Numbers.of(numbers), Types.NUMBERS));
  }

  /** A set that is filled in later. */
  public static NumberSet parameter(String name) {
    return new NumberSet(param(name, Types.NUMBERS));
  }
}
