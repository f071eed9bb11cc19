package io.tracestore.zipkin.server;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.zipkin.TracestoreStorage;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import zipkin2.storage.StorageComponent;

/**
 * The storage as a module of Zipkin's server, with the server's own settings; the file {@code
 * zipkin-server-tracestore.yml} names it.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "zipkin.storage.type", havingValue = "tracestore")
@ConditionalOnMissingBean(StorageComponent.class)
public class TracestoreModule {
  /** The store, closed after the storage. */
  @Bean
  TraceStore traceStore(@Value("${zipkin.storage.tracestore.uri}") String uri) {
    return TraceStores.open(uri);
  }

  /** The storage over {@code store}. */
  @Bean
  StorageComponent storage(
      TraceStore store,
      @Value("${zipkin.storage.strict-trace-id:true}") boolean strictTraceId,
      @Value("${zipkin.storage.search-enabled:true}") boolean searchEnabled,
      @Value("${zipkin.storage.autocomplete-keys:}") List<String> autocompleteKeys) {
    return TracestoreStorage.newBuilder(store)
        .strictTraceId(strictTraceId)
        .searchEnabled(searchEnabled)
        .autocompleteKeys(autocompleteKeys)
        .build();
  }
}
