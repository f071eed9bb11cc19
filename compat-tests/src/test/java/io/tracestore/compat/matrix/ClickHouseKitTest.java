package io.tracestore.compat.matrix;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import io.tracestore.provider.clickhouse.*;
import com.clickhouse.client.api.Client;

/** In ClickHouse, on one server. */
class ClickHouseKitTest extends TraceStoreKit {
  static final AtomicInteger NEXT = new AtomicInteger();
  static final String BASE = "localhost:18200";
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "clickhouse://default:secret@" + BASE + "/kit_" + ProcessHandle.current().pid() + "_" + NEXT.incrementAndGet();
  }

  @Override
  public void removeStore(String uri) {
    String db = uri.substring(uri.indexOf("kit_"));
    try (Client c = new Client.Builder().addEndpoint("http://" + BASE).setUsername("default").setPassword("secret").build()) {
      c.execute("DROP DATABASE IF EXISTS " + db).get();
    } catch (Exception e) { throw new RuntimeException(e); }
  }

  @Override
  public List<String> secrets() {
    return List.of("secret");
  }
}
