package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.STORE_ID;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.controlSystem;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.schemaName;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.sql.SQLException;
import org.jooq.impl.SQLDataType;

/**
 * Says which data these are: by an id made with the tables, and, since a dump takes that along, by
 * the database and the schema that hold them. A standby has the identity of its primary.
 */
public final class DataIdentity {
  private static final Rendered OF_SCHEMA =
      Rendered.of(
          select(
                  STORE_ID.STORE_ID_,
                  Catalog.DATABASE,
                  Catalog.SCHEMA,
                  Catalog.call(
                      "has_function_privilege",
                      SQLDataType.BOOLEAN,
                      val("pg_control_system()"),
                      val("EXECUTE")))
              .from(STORE_ID, Catalog.DATABASES, Catalog.SCHEMAS)
              .where(
                  Catalog.DATABASE_NAME.eq(Catalog.call("current_database", SQLDataType.VARCHAR)))
              .and(Catalog.SCHEMA_NAME.eq(schemaName())));

  private static final Rendered OF_SERVER =
      Rendered.of(select(field(name("system_identifier"))).from(controlSystem()));

  private DataIdentity() {}

  public static String read(Session session) throws SQLException {
    OfSchema schema =
        session.one(
            OF_SCHEMA,
            row ->
                new OfSchema(
                    "postgresql:%s.%s.%s"
                        .formatted(row.getString(1), row.getString(2), row.getString(3)),
                    row.getBoolean(4)));
    return schema.mayAskForServer()
        ? schema.identity() + "." + session.one(OF_SERVER, row -> row.getString(1))
        : schema.identity();
  }

  /**
   * The identity of a schema, within its server.
   *
   * @param mayAskForServer whether the role may read the server's own identity
   */
  private record OfSchema(String identity, boolean mayAskForServer) {}
}
