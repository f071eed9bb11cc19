package io.tracestore.provider.postgresql;

import io.tracestore.TraceStores;
import io.tracestore.testing.postgresql.PostgresServer;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The kit in a schema whose name is not a plain identifier, beside one whose name differs only in
 * the case of letters and which holds a store, too.
 */
class PostgresHostileSchemaKitTest extends PostgresPartitionedKitTest {
  private static final String PREFIX = "My \"Schema ";

  @Override
  public String newStoreUri(Path directory) {
    String schema = PostgresServer.newSchema(PREFIX);
    TraceStores.open(server().uri(schema.toLowerCase(Locale.ROOT), "minConnections=0")).close();
    return server().withPartitions(server().uri(schema, "minConnections=0"));
  }

  @Override
  public void removeStore(String uri) {
    server().drop(uri);
    server().drop(uri.replace("My%20%22Schema", "my%20%22schema"));
  }

  /** Fewer than in PostgresPartitionedKitTest: only names differ. */
  @Override
  public int tries(int usual) {
    return Math.max(1, usual / 5);
  }
}
