package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.BufferedReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that takes traces over the network, in a JVM of its own. */
class ServeTest {
  private static final Pattern ADDRESS = Pattern.compile("Reflow at (ws://[^ ,]+)");

  @TempDir private Path folder;

  private Process start(String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "sqlite:" + folder.resolve("t.db"),
                "--port",
                "0",
                "--zipkin-port",
                "none"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
  }

  @Test
  void a_signal_ends_the_server_and_nothing_that_it_acknowledged_is_lost() throws Exception {
    Process process = start("--otlp-port", "none");
    TraceId id = TraceId.random();
    try (BufferedReader out = process.inputReader()) {
      Matcher line = ADDRESS.matcher(String.valueOf(out.readLine()));
      assertThat(line.find()).isTrue();
      BlockingQueue<String> answers = new LinkedBlockingQueue<>();
      WebSocket socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(URI.create(line.group(1)), new Answers(answers))
              .join();
      socket
          .sendText(
              "{\"StartTrace\":{\"trace_id\":\"%s\",\"flow_id\":\"etl\",\"version\":{\"major\":1,\"minor\":0,\"patch\":0,\"git_hash\":null,\"timestamp\":\"2026-01-01T00:00:00Z\"}}}"
                  .formatted(id),
              true)
          .join();
      assertThat(answers.poll(120, TimeUnit.SECONDS)).contains("TraceStarted");

      assertThat(
              new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid())).start().waitFor())
          .isZero();

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(folder.resolve("err"))).isEmpty();
    try (TraceStore store = TraceStores.open("sqlite:" + folder.resolve("t.db"))) {
      FlowTrace trace = store.getTrace(id).orElseThrow();
      assertThat(trace.flowId()).isEqualTo("etl");
      assertThat(trace.status()).isEqualTo(ExecutionStatus.completed());
    }
  }

  @Test
  void a_port_that_is_taken_is_told_in_one_line() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Process process =
          start("--bind", "0.0.0.0", "--otlp-port", String.valueOf(taken.getLocalPort()));
      try {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("err")))
            .startsWith("tracestore: cannot listen on 0.0.0.0, ports [0, ")
            .contains(":" + taken.getLocalPort() + ": Address already in use")
            .hasLineCount(1);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private record Answers(BlockingQueue<String> texts) implements WebSocket.Listener {
    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      texts.add(data.toString());
      socket.request(1);
      return null;
    }
  }
}
