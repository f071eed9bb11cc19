package io.tracestore.provider.sqlite.schema;

import static io.tracestore.provider.sqlite.jooq.Tables.DICTIONARIES;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;

import io.tracestore.codec.CompressionDictionary;
import io.tracestore.codec.TraceBinary;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The dictionaries with which the bodies of a file's events are compressed, for all threads of a
 * store. None ever changes, so what is remembered is never wrong.
 */
public final class BodyDictionaries {
  private static final Rendered CONTENT =
      Rendered.of(
          select(DICTIONARIES.CONTENT)
              .from(DICTIONARIES)
              .where(DICTIONARIES.NUMBER.eq(param(DICTIONARIES.NUMBER))));

  private static final Rendered INSERT =
      Rendered.of(
          insertInto(DICTIONARIES, DICTIONARIES.NUMBER, DICTIONARIES.CONTENT)
              .values(param(DICTIONARIES.NUMBER), param(DICTIONARIES.CONTENT)));

  private final ConcurrentMap<Integer, CompressionDictionary> known = new ConcurrentHashMap<>();
  private volatile @Nullable CompressionDictionary newest;

  /** Takes the newest dictionary of the file for what is written. */
  public void readNewest(Connection connection) throws SQLException {
    int number = newestNumber(connection);
    newest = number == 0 ? null : find(number, connection);
  }

  /** The number of the newest dictionary of the file; 0 if there is none. */
  private static int newestNumber(Connection connection) throws SQLException {
    return (int) Sql.number(connection, select(max(DICTIONARIES.NUMBER)).from(DICTIONARIES));
  }

  /** Writes a dictionary in the transaction that is under way; its number. */
  public static int insert(byte[] encoded, Connection connection) throws SQLException {
    int number = newestNumber(connection) + 1;
    try (PreparedStatement insert = connection.prepareStatement(INSERT.sql())) {
      Binder.of(insert).number(number).bytes(encoded).run();
    }
    return number;
  }

  /** Takes a dictionary for what is written, once it is committed. */
  public void add(CompressionDictionary dictionary) {
    known.put(dictionary.number(), dictionary);
    newest = dictionary;
  }

  /** The dictionary for what is written; null if there is none yet. */
  public @Nullable CompressionDictionary newest() {
    return newest;
  }

  /** The dictionary of a stored body; null if it needs none, or if the file does not have it. */
  public @Nullable CompressionDictionary of(byte[] body, Connection connection)
      throws SQLException {
    int number = TraceBinary.dictionaryOf(body);
    return number == 0 ? null : find(number, connection);
  }

  private @Nullable CompressionDictionary find(int number, Connection connection)
      throws SQLException {
    CompressionDictionary found = known.get(number);
    if (found == null) {
      found = read(number, connection);
      if (found != null) {
        known.put(number, found);
      }
    }
    return found;
  }

  private static @Nullable CompressionDictionary read(int number, Connection connection)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(CONTENT.sql())) {
      Binder.of(select).number(number);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? new CompressionDictionary(number, row.getBytes(1)) : null;
      }
    }
  }
}
