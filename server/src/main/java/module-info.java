/** Takes traces over the network into any store: by Reflow's protocol, OTLP and Zipkin's API. */
module io.tracestore.server {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.migration;
  requires io.tracestore.metrics.micrometer;
  requires io.tracestore.view;
  requires io.tracestore.zipkin;
  requires com.github.luben.zstd_jni;
  requires com.google.protobuf;
  requires io.opentelemetry.proto;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.eclipse.jetty.http;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.util;
  requires org.eclipse.jetty.websocket.api;
  requires org.eclipse.jetty.websocket.server;
  requires zipkin2;

  exports io.tracestore.server;
  exports io.tracestore.server.reflow to
      org.eclipse.jetty.websocket.common;
}
