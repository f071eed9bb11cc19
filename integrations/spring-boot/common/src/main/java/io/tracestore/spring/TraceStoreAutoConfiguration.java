package io.tracestore.spring;

import io.tracestore.TraceStores;
import io.tracestore.metrics.micrometer.TraceStoreMeters;
import io.tracestore.metrics.micrometer.TraceWriterMeters;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The store and the writer of an application, their options and their meters. A bean that the
 * application defines takes the place of the one here. The writer is closed before the store.
 */
@AutoConfiguration
@EnableConfigurationProperties(TraceStoreProperties.class)
public class TraceStoreAutoConfiguration {
  private static final String CORRECT =
      "Correct tracestore.uri and tracestore.options, or add the missing jar.";
  private static final String CHECK =
      "Check that the store at tracestore.uri can be reached and used, and start again.";

  TraceStoreAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  TraceStore traceStore(
      ObjectProvider<TraceStoreConnectionDetails> connection, TraceStoreProperties properties) {
    TraceStoreConnectionDetails details = connection.getIfAvailable();
    return details == null
        ? open(properties.uri(), properties.options())
        : open(details.uri(), details.options());
  }

  private static TraceStore open(@Nullable String uri, Map<String, String> options) {
    if (uri == null) {
      throw new TraceStoreStartException(
          "tracestore.uri is not set.",
          "Set tracestore.uri, such as sqlite:traces.db, or define a bean of type TraceStore.",
          null);
    }
    try {
      return TraceStores.open(uri, options);
    } catch (TraceStoreException e) {
      throw new TraceStoreStartException(
          String.valueOf(e.getMessage()),
          e instanceof StoreConfigurationException ? CORRECT : CHECK,
          e);
    }
  }

  @Bean
  @ConditionalOnMissingBean
  WriterListener traceWriterListener() {
    return new LoggingWriterListener();
  }

  @Bean
  @ConditionalOnMissingBean
  WriterOptions traceWriterOptions(TraceStoreProperties properties, WriterListener listener) {
    try {
      return properties.writer().options(listener);
    } catch (IllegalArgumentException e) {
      throw new TraceStoreStartException(
          "tracestore.writer: %s".formatted(e.getMessage()), "Correct tracestore.writer.", e);
    }
  }

  @Bean
  @ConditionalOnMissingBean
  TraceWriter traceWriter(TraceStore store, WriterOptions options) {
    return store.writer(options);
  }

  @Bean
  @ConditionalOnMissingBean
  TraceStoreMeters traceStoreMeters(TraceStore store) {
    return new TraceStoreMeters(store);
  }

  @Bean
  @ConditionalOnMissingBean
  TraceWriterMeters traceWriterMeters(TraceWriter writer) {
    return new TraceWriterMeters(writer, "traceWriter");
  }
}
