package io.tracestore.provider.postgresql.schema;

import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static org.jooq.impl.DSL.noCondition;

import org.jooq.Condition;
import org.jooq.Field;

/**
 * Hours with a meaning of their own, and conditions on {@code start_hour} as constants in the text
 * of a statement. Only with constants the server leaves the other partitions alone from the
 * beginning: it neither locks them nor plans for them. A parameter, or a value that another table
 * gives, makes it lock all of them first.
 */
public final class Hours {
  /** The hour of events whose trace is not stored. */
  public static final int EARLY = Integer.MIN_VALUE;

  /** The hour of events whose trace starts where there was no partition. */
  public static final int UNPARTITIONED = EARLY + 1;

  private Hours() {}

  /** The condition that {@code hour} is in {@code range}; nothing is outside of the ends. */
  public static Condition within(Field<Integer> hour, HourRange range) {
    Condition from =
        range.from() == Integer.MIN_VALUE ? noCondition() : hour.ge(constant(range.from()));
    Condition to = range.to() == Integer.MAX_VALUE ? noCondition() : hour.lt(constant(range.to()));
    return from.and(to);
  }
}
