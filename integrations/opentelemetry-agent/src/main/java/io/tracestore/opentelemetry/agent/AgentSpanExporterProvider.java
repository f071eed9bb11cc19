package io.tracestore.opentelemetry.agent;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ServiceLoader;

/**
 * The exporter {@code otel.traces.exporter=tracestore} within OpenTelemetry's Java agent.
 *
 * <p>The agent lets its extensions see {@code java.sql}, but not {@code javax.sql}, which drivers
 * and jOOQ need. So the exporter and its libraries are loaded a second time from the extension's
 * jar, by a loader that sees the whole platform.
 */
public final class AgentSpanExporterProvider implements ConfigurableSpanExporterProvider {
  private static final String EXPORTER =
      "io.tracestore.opentelemetry.TraceStoreSpanExporterProvider";

  private final ConfigurableSpanExporterProvider exporter;

  /** For {@link ServiceLoader}. */
  public AgentSpanExporterProvider() {
    exporter = load(AgentSpanExporterProvider.class.getClassLoader());
  }

  @Override
  public String getName() {
    return exporter.getName();
  }

  @Override
  public SpanExporter createExporter(ConfigProperties config) {
    return exporter.createExporter(config);
  }

  private static ConfigurableSpanExporterProvider load(ClassLoader extension) {
    try {
      ClassLoader loader =
          extension instanceof URLClassLoader jar
              ? new WholePlatform(jar.getURLs(), extension.getParent())
              : extension;
      return (ConfigurableSpanExporterProvider)
          loader.loadClass(EXPORTER).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the extension's jar lacks its exporter", e);
    }
  }

  /** Finds classes as an extension's loader does, and then those of the platform. */
  private static final class WholePlatform extends URLClassLoader {
    static {
      registerAsParallelCapable();
    }

    WholePlatform(URL[] urls, ClassLoader agent) {
      super(urls, agent);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      return name.startsWith("javax.")
          ? ClassLoader.getPlatformClassLoader().loadClass(name)
          : super.findClass(name);
    }
  }
}
