package io.tracestore.provider.postgresql.read;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Says which data these are: by an id made with the tables, and, since a dump takes that along, by
 * the database and the schema that hold them. A standby has the identity of its primary.
 */
public final class DataIdentity {
  private static final String OF_SCHEMA =
      "SELECT i.store_id, d.oid, n.oid, has_function_privilege('pg_control_system()', 'EXECUTE')"
          + " FROM SCHEMA.store_id i, pg_database d, pg_namespace n"
          + " WHERE d.datname = current_database() AND n.nspname = 'SCHEMA'";

  private static final String OF_SERVER = "SELECT system_identifier FROM pg_control_system()";

  private DataIdentity() {}

  public static String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      String ofSchema;
      boolean mayAskForServer;
      try (ResultSet row = statement.executeQuery(OF_SCHEMA)) {
        row.next();
        ofSchema = row.getString(1) + "." + row.getString(2) + "." + row.getString(3);
        mayAskForServer = row.getBoolean(4);
      }
      if (!mayAskForServer) {
        return "postgresql:" + ofSchema;
      }
      try (ResultSet row = statement.executeQuery(OF_SERVER)) {
        row.next();
        return "postgresql:" + ofSchema + "." + row.getString(1);
      }
    }
  }
}
