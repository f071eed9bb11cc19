package io.tracestore.provider.clickhouse.sql;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.UUID;

/** Values as SQL spells them; hexadecimal, so that no text can be mistaken for SQL. */
public final class Sql {
  private Sql() {}

  public static String text(String text) {
    return "unhex('" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "')";
  }

  public static String id(UUID id) {
    return "unhex('" + hex(id) + "')";
  }

  /**
   * A column's time in nanoseconds. Times are compared as these: a server passes a constant time on
   * to the others of a cluster as text, in which they do not read the first second of all back.
   */
  public static String nanos(String column) {
    return "toUnixTimestamp64Nano(" + column + ")";
  }

  private static String hex(UUID id) {
    return HexFormat.of().toHexDigits(id.getMostSignificantBits())
        + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
  }

  /** A set of ids to follow {@code IN}: one literal, which is parsed in one step. */
  public static String ids(Collection<UUID> ids) {
    StringBuilder all = new StringBuilder(ids.size() * 32);
    ids.forEach(id -> all.append(hex(id)));
    return "(SELECT toFixedString(substring(unhex('%s'), number * 16 + 1, 16), 16) FROM numbers(%d))"
        .formatted(all, ids.size());
  }

  /** The set of the hashes of ids, to follow {@code IN}. */
  public static String hashes(String function, Collection<UUID> ids) {
    StringBuilder all = new StringBuilder(ids.size() * 32);
    ids.forEach(id -> all.append(hex(id)));
    return "(SELECT %s(toFixedString(substring(unhex('%s'), number * 16 + 1, 16), 16)) FROM numbers(%d))"
        .formatted(function, all, ids.size());
  }

  /** A set of pairs of ids, to follow {@code IN}. */
  public static String pairs(Collection<UUID> firstsAndSeconds) {
    StringBuilder all = new StringBuilder(firstsAndSeconds.size() * 32);
    firstsAndSeconds.forEach(id -> all.append(hex(id)));
    return """
    (SELECT toFixedString(substring(bytes, number * 32 + 1, 16), 16), \
    toFixedString(substring(bytes, number * 32 + 17, 16), 16) \
    FROM (SELECT unhex('%s') AS bytes, number FROM numbers(%d)))\
    """
        .formatted(all, firstsAndSeconds.size() / 2);
  }
}
