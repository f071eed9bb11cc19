package io.tracestore.opentelemetry.agent;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A program that knows nothing of traces: it calls itself over HTTP once. */
final class Hello {
  private Hello() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/cart",
        call -> {
          call.sendResponseHeaders(200, -1);
          call.close();
        });
    server.start();
    URI uri = URI.create("http://127.0.0.1:%d/cart".formatted(server.getAddress().getPort()));
    HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
    server.stop(0);
  }
}
