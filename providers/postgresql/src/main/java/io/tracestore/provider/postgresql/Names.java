package io.tracestore.provider.postgresql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of actor ids and event types, and a bounded memory of those that were used. Safe for
 * many threads and processes: a number, once given, stays.
 */
final class Names {
  /** What a name names; the numbers are part of the schema. */
  enum Kind {
    ACTOR(0),
    EVENT_TYPE(1);

    private final short code;

    Kind(int code) {
      this.code = (short) code;
    }

    short code() {
      return code;
    }
  }

  private static final int MAX_REMEMBERED = 50_000;
  private static final int LONGEST_REMEMBERED = 500;

  private static final String FIND =
      "SELECT digest, name_id FROM names WHERE kind = ? AND digest = ANY (?)";
  // In one order everywhere, so that two who add the same names do not wait for each other.
  private static final String ADD =
      "INSERT INTO names (kind, digest, name)"
          + " SELECT ?, digest, name FROM unnest(?::bytea[], ?::text[]) AS new (digest, name)"
          + " ORDER BY digest ON CONFLICT DO NOTHING";

  private final Connections connections;
  private final Map<Kind, Map<String, Integer>> remembered =
      Map.of(Kind.ACTOR, new ConcurrentHashMap<>(), Kind.EVENT_TYPE, new ConcurrentHashMap<>());

  Names(Connections connections) {
    this.connections = connections;
  }

  /** The numbers of {@code names}, which get one if they have none. */
  Map<String, Integer> numbersOf(Kind kind, Collection<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    Set<String> missing = recall(kind, names, numbers);
    if (!missing.isEmpty()) {
      Map<String, Integer> found =
          connections.call(connection -> findOrAdd(connection, kind, missing));
      found.forEach((name, number) -> remember(kind, name, number));
      numbers.putAll(found);
    }
    return numbers;
  }

  /** The number of {@code name}, if it has one: without one, nothing has the name. */
  Optional<Integer> find(Kind kind, String name) {
    Integer known = remembered(kind).get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Integer found = connections.call(connection -> find(connection, kind, Set.of(name))).get(name);
    if (found != null) {
      remember(kind, name, found);
    }
    return Optional.ofNullable(found);
  }

  private Map<String, Integer> remembered(Kind kind) {
    return remembered.getOrDefault(kind, Map.of());
  }

  private Set<String> recall(Kind kind, Collection<String> names, Map<String, Integer> numbers) {
    Map<String, Integer> known = remembered(kind);
    Set<String> missing = new LinkedHashSet<>();
    for (String name : names) {
      Integer number = known.get(name);
      if (number != null) {
        numbers.put(name, number);
      } else {
        missing.add(name);
      }
    }
    return missing;
  }

  private void remember(Kind kind, String name, int number) {
    Map<String, Integer> known = remembered(kind);
    if (name.length() <= LONGEST_REMEMBERED) {
      if (known.size() >= MAX_REMEMBERED) {
        known.clear(); // what is in use comes back at once
      }
      known.put(name, number);
    }
  }

  private static Map<String, Integer> findOrAdd(Connection connection, Kind kind, Set<String> names)
      throws SQLException {
    Map<String, Integer> found = find(connection, kind, names);
    if (found.size() < names.size()) {
      Set<String> missing = new LinkedHashSet<>(names);
      missing.removeAll(found.keySet());
      add(connection, kind, missing);
      found.putAll(find(connection, kind, missing));
    }
    return found;
  }

  private static Map<String, Integer> find(Connection connection, Kind kind, Set<String> names)
      throws SQLException {
    Map<String, String> byDigest = new HashMap<>();
    byte[][] digests = new byte[names.size()][];
    int count = 0;
    for (String name : names) {
      digests[count] = digest(name);
      byDigest.put(HexFormat.of().formatHex(digests[count++]), name);
    }
    Map<String, Integer> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setShort(1, kind.code());
      statement.setArray(2, connection.createArrayOf("bytea", digests));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String name = byDigest.get(HexFormat.of().formatHex(rows.getBytes(1)));
          if (name != null) {
            found.put(name, rows.getInt(2));
          }
        }
      }
    }
    return found;
  }

  private static void add(Connection connection, Kind kind, Set<String> names) throws SQLException {
    Map<String, String> byDigest = new TreeMap<>();
    names.forEach(name -> byDigest.put(HexFormat.of().formatHex(digest(name)), name));
    byte[][] digests =
        byDigest.keySet().stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new);
    String[] texts = byDigest.values().stream().map(EscapedText::escape).toArray(String[]::new);
    try (PreparedStatement statement = connection.prepareStatement(ADD)) {
      statement.setShort(1, kind.code());
      statement.setArray(2, connection.createArrayOf("bytea", digests));
      statement.setArray(3, connection.createArrayOf("text", texts));
      statement.executeUpdate();
    }
  }

  private static byte[] digest(String name) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
