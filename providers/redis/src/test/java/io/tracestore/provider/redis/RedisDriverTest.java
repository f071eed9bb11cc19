package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.TraceStores;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.support.ServerAddress;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An application that forgot the driver. */
class RedisDriverTest {
  @Test
  void aMissingDriverIsNamed() throws Exception {
    URL[] withoutDriver =
        Stream.of(
                TraceStores.class,
                FlowTrace.class,
                TraceBinary.class,
                ServerAddress.class,
                RedisConfig.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
            .distinct()
            .toArray(URL[]::new);
    try (URLClassLoader loader =
        new URLClassLoader(withoutDriver, ClassLoader.getPlatformClassLoader())) {
      for (String uri : new String[] {"redis://127.0.0.1:1", "rediss://127.0.0.1:1"}) {
        Throwable failure = open(loader, uri);
        assertThat(failure.getClass().getSimpleName()).isEqualTo("StoreConfigurationException");
        assertThat(failure)
            .hasMessageContaining("io.lettuce:lettuce-core")
            .message()
            .hasLineCount(1);
      }
    }
  }

  private static Throwable open(ClassLoader loader, String uri)
      throws ReflectiveOperationException, IOException {
    Thread thread = Thread.currentThread();
    ClassLoader usual = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Class<?> stores = loader.loadClass(TraceStores.class.getName());
      Throwable failure =
          catchThrowable(() -> stores.getMethod("open", String.class).invoke(null, uri));
      return ((InvocationTargetException) failure).getTargetException();
    } finally {
      thread.setContextClassLoader(usual);
    }
  }
}
