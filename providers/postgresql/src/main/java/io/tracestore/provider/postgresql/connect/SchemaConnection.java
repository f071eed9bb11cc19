package io.tracestore.provider.postgresql.connect;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections that know the schema of their store. Every statement names its tables as {@code
 * SCHEMA.traces}, and the schema itself as the text {@code 'SCHEMA'}; the name is filled in here
 * and may have any characters. So no statement depends on a search path, which a connection pooler
 * or a role may set otherwise. Each statement has a time limit.
 */
public final class SchemaConnection {
  private static final String BEFORE_A_NAME = "SCHEMA.";
  private static final String AS_TEXT = "'SCHEMA'";

  /** The id of the table of events. */
  public static final String EVENTS =
      "(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname = 'SCHEMA' AND c.relname = 'events')";

  private SchemaConnection() {}

  /**
   * The same connection, for statements with placeholders.
   *
   * @param seconds after how long a statement is ended
   */
  public static Connection of(Connection connection, String schema, int seconds) {
    return (Connection)
        Proxy.newProxyInstance(
            SchemaConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              Object result = invoke(connection, method, arguments, schema);
              if (result instanceof Statement statement) {
                statement.setQueryTimeout(seconds);
              }
              return result != null && method.getReturnType() == Statement.class
                  ? of((Statement) result, schema)
                  : result;
            });
  }

  private static Statement of(Statement statement, String schema) {
    return (Statement)
        Proxy.newProxyInstance(
            SchemaConnection.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (proxy, method, arguments) -> invoke(statement, method, arguments, schema));
  }

  /** Every text that is the first argument of a method of these two interfaces is a statement. */
  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments, String schema) throws Throwable {
    if (arguments != null && arguments[0] instanceof String sql) {
      arguments[0] = qualified(sql, schema);
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** {@code sql} with the name of the schema in it. */
  static String qualified(String sql, String schema) {
    return sql.replace(AS_TEXT, "'" + schema.replace("'", "''") + "'")
        .replace(BEFORE_A_NAME, Connections.quoted(schema) + ".");
  }
}
