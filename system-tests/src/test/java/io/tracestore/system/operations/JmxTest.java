package io.tracestore.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.JmxRegistration;
import io.tracestore.TraceStoreMXBean;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** JMX shows what the metrics of a store say. */
class JmxTest {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @Test
  void theAttributesOfAStoreAreShown() throws MalformedObjectNameException {
    try (TraceStore store = TraceStores.open("mem:");
        JmxRegistration registration = TraceStores.registerJmx(store, "a store")) {
      store.storeTrace(FlowTrace.builder("flow").build());
      store.getTrace(TraceId.random());
      TraceStoreMXBean bean = JMX.newMXBeanProxy(server, nameOf("a store"), TraceStoreMXBean.class);

      assertThat(bean.getStore()).isEqualTo("mem:");
      assertThat(bean.getCapabilities()).containsExactly("ATOMIC", "EVICTING");
      assertThat(bean.getWrite())
          .containsEntry("count", 1L)
          .containsEntry("errors", 0L)
          .containsEntry("maxNanos", store.metrics().write().maxNanos());
      assertThat(bean.getRead()).containsEntry("count", 1L);
      assertThat(bean.getQuery()).containsEntry("count", 0L);
      assertThat(bean.getStorageBytes()).isEqualTo(store.metrics().storageBytes());
      assertThat(bean.getCounters()).containsEntry("traces", 1L);
      assertThat(bean.getGauges()).isEqualTo(Map.of());
      assertThat(bean.checkHealth()).isEmpty();
      assertThat(registration).isNotNull();
    }
    assertThat(server.isRegistered(nameOf("a store"))).isFalse();
  }

  @Test
  void aNameIsGivenOnce() {
    try (TraceStore store = TraceStores.open("mem:");
        JmxRegistration first = TraceStores.registerJmx(store, "once")) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> TraceStores.registerJmx(store, "once"))
          .hasMessage("another store is registered as 'once'");
    }
  }

  private static ObjectName nameOf(String name) throws MalformedObjectNameException {
    return new ObjectName("io.tracestore:type=TraceStore,name=" + ObjectName.quote(name));
  }
}
