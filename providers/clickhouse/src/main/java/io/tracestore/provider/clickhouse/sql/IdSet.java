package io.tracestore.provider.clickhouse.sql;

import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.val;

import java.util.Collection;
import java.util.UUID;
import org.jooq.Param;
import org.jooq.impl.SQLDataType;

/**
 * A set of ids, to follow {@code IN}. It is one literal, which the server parses in one step.
 *
 * @param bytes all ids, one after the other
 * @param count how many they are
 */
public record IdSet(Param<Types.Ids> bytes, Param<Integer> count) {
  /** The set of {@code ids}. */
  public static IdSet of(Collection<UUID> ids) {
    return new IdSet(val(Types.Ids.of(ids), Types.BYTES_OF_IDS), val(ids.size()));
  }

  /** A set that is filled in later. */
  public static IdSet parameter(String name) {
    return new IdSet(param(name, Types.BYTES_OF_IDS), param(name + "_count", SQLDataType.INTEGER));
  }
}
