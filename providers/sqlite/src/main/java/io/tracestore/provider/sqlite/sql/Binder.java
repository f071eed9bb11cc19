package io.tracestore.provider.sqlite.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Binds one parameter after another. */
public final class Binder {
  private final PreparedStatement statement;
  private int next = 1;

  private Binder(PreparedStatement statement) {
    this.statement = statement;
  }

  public static Binder of(PreparedStatement statement) {
    return new Binder(statement);
  }

  public Binder number(long value) throws SQLException {
    statement.setLong(next++, value);
    return this;
  }

  public Binder number(@Nullable Long value) throws SQLException {
    if (value == null) {
      statement.setNull(next++, Types.BIGINT);
    } else {
      statement.setLong(next++, value);
    }
    return this;
  }

  public Binder number(OptionalLong value) throws SQLException {
    return value.isPresent() ? number(value.getAsLong()) : number((Long) null);
  }

  public Binder real(OptionalDouble value) throws SQLException {
    if (value.isEmpty()) {
      statement.setNull(next++, Types.REAL);
    } else {
      statement.setDouble(next++, value.getAsDouble());
    }
    return this;
  }

  public Binder real(Optional<Float> value) throws SQLException {
    if (value.isEmpty()) {
      statement.setNull(next++, Types.REAL);
    } else {
      statement.setDouble(next++, value.get());
    }
    return this;
  }

  public Binder text(@Nullable String value) throws SQLException {
    statement.setString(next++, value);
    return this;
  }

  public Binder bytes(byte @Nullable [] value) throws SQLException {
    statement.setBytes(next++, value);
    return this;
  }

  /** Binds values of any kind. */
  public Binder all(List<Object> values) throws SQLException {
    for (Object value : values) {
      statement.setObject(next++, value);
    }
    return this;
  }

  /** Runs a statement that returns nothing; how many rows it changed. */
  public int run() throws SQLException {
    return statement.executeUpdate();
  }
}
