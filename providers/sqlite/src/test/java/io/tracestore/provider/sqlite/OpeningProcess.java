package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;

/** Opens a store, uses it, and prints what comes of it; what is logged goes to the output too. */
final class OpeningProcess {
  private OpeningProcess() {}

  /** Argument: the URI. */
  public static void main(String[] arguments) {
    System.setErr(System.out);
    TimeZone.getDefault(); // sets user.timezone
    Properties before = (Properties) System.getProperties().clone();
    StoreUri uri = StoreUri.parse(arguments[0]);
    StoreOptions options = StoreOptions.of(uri, SqliteConfig.OPTIONS.all());
    try (TraceStore store = new SqliteTraceStoreProvider().open(uri, options)) {
      store.storeTrace(Samples.trace(1, 3));
      store.queryTraces(TraceQuery.builder().flowId("etl").build());
      Set<Object> changed = new TreeSet<>(System.getProperties().keySet());
      changed.removeIf(
          key -> String.valueOf(System.getProperty((String) key)).equals(before.get(key)));
      System.out.println("opened, properties changed: " + changed);
    } catch (Throwable e) {
      System.out.println(e);
    }
  }
}
