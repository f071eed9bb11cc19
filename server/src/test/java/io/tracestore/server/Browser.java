package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.testing.Chromium;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Chromium without a window, driven by its DevTools protocol; {@code ci/chromium} installs it. */
final class Browser implements AutoCloseable {
  private static final int SECONDS = 90;
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://([^/]+)/");

  private final Process process;
  private final SocketClient devTools;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private volatile String password = "";
  private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

  private Browser(Process process, SocketClient devTools) {
    this.process = process;
    this.devTools = devTools;
    devTools.onText(this::take);
  }

  /** Starts it with a profile in {@code folder}; the test is skipped where there is none. */
  static Browser start(Path folder) throws Exception {
    Process process =
        new ProcessBuilder(
                Chromium.orSkip(folder).command("--remote-debugging-port=0", "about:blank"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      URI page = pageOf(addressOf(process));
      Browser browser = new Browser(process, SocketClient.connect(page, null));
      for (String domain : new String[] {"Page", "Runtime", "Log", "Network"}) {
        browser.call(domain + ".enable", Map.of());
      }
      return browser;
    } catch (Exception | AssertionError e) {
      process.destroyForcibly().waitFor();
      throw e;
    }
  }

  /** The address that Chromium reports on its standard error, which is read to its end. */
  private static String addressOf(Process process) throws Exception {
    CompletableFuture<String> address = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (var lines = process.errorReader()) {
            lines
                .lines()
                .forEach(line -> {
                  Matcher listening = LISTENING.matcher(line);
                  if (listening.find()) {
                    address.complete(listening.group(1));
                  }
                });
          } catch (IOException e) {
            address.completeExceptionally(e);
          }
        });
    return address.get(SECONDS, TimeUnit.SECONDS);
  }

  private static URI pageOf(String address) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/json/list")).build();
    String targets = SocketClient.HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    for (JsonValue each : ((JsonArray) ReflowJson.readValue(targets)).elements()) {
      if (text(each, "type").equals("page")) {
        return URI.create(text(each, "webSocketDebuggerUrl"));
      }
    }
    throw new AssertionError("the browser has no page: " + targets);
  }

  private void take(String message) {
    JsonObject json = (JsonObject) ReflowJson.readValue(message);
    if (json.members().get("id") instanceof JsonValue.JsonNumber id) {
      CompletableFuture<JsonObject> answer = answers.remove(id.toBigDecimal().intValue());
      if (answer != null) {
        answer.complete(json);
      }
      return;
    }
    switch (text(json, "method")) {
      case "Page.loadEventFired" -> loaded.complete(null);
      case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled" ->
          problems.add(message);
      case "Fetch.requestPaused" ->
          tell("Fetch.continueRequest", Map.of("requestId", parameter(json, "requestId")));
      case "Fetch.authRequired" ->
          tell(
              "Fetch.continueWithAuth",
              Map.of(
                  "requestId",
                  parameter(json, "requestId"),
                  "authChallengeResponse",
                  Map.of(
                      "response", "ProvideCredentials", "username", "any", "password", password)));
      default -> {
        // Of no interest.
      }
    }
  }

  private static String parameter(JsonObject message, String name) {
    return text(message.members().get("params"), name);
  }

  private void tell(String method, Map<String, ?> parameters) {
    var unused =
        devTools.sendAsync(
            ReflowJson.write(
                JsonValue.object(
                    Map.of("id", ids.incrementAndGet(), "method", method, "params", parameters))));
  }

  private JsonObject call(String method, Map<String, ?> parameters) throws Exception {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    answers.put(id, answer);
    devTools.send(
        ReflowJson.write(
            JsonValue.object(Map.of("id", id, "method", method, "params", parameters))));
    JsonObject json = answer.get(SECONDS, TimeUnit.SECONDS);
    assertThat(json.members()).as(method).doesNotContainKey("error");
    return (JsonObject) Objects.requireNonNull(json.members().get("result"));
  }

  /** Writes {@code password} where a server asks for one, as its user would. */
  void knowPassword(String password) throws Exception {
    this.password = password;
    var unused = call("Fetch.enable", Map.of("handleAuthRequests", true));
  }

  /** Shows a page, and returns when it is loaded. */
  void open(String address) throws Exception {
    loaded = new CompletableFuture<>();
    assertThat(call("Page.navigate", Map.of("url", address)).members())
        .doesNotContainKey("errorText");
    loaded.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Does what leads to another page, and returns when that is loaded. */
  void follow(String script) throws Exception {
    loaded = new CompletableFuture<>();
    String unused = eval(script);
    loaded.get(SECONDS, TimeUnit.SECONDS);
  }

  /** The value of a script as text; waits for a promise. */
  String eval(String script) throws Exception {
    JsonObject result =
        call(
            "Runtime.evaluate",
            Map.of("expression", "(async () => String(" + script + "))()", "awaitPromise", true));
    assertThat(result.members()).as(script).doesNotContainKey("exceptionDetails");
    return text(result.members().get("result"), "value");
  }

  /** Waits until {@code condition} is true in the page. */
  void await(String condition) throws Exception {
    assertThat(
            eval(
                """
                await new Promise((done) => {
                  const end = Date.now() + 60000;
                  const look = () => {
                    if (%s) done('true');
                    else if (Date.now() > end) done(document.body.innerText);
                    else setTimeout(look, 50);
                  };
                  look();
                })\
                """
                    .formatted(condition)))
        .as(condition)
        .isEqualTo("true");
  }

  /** Presses and releases the enter key. */
  void pressEnter() throws Exception {
    for (String type : new String[] {"keyDown", "keyUp"}) {
      var unused =
          call(
              "Input.dispatchKeyEvent",
              Map.of(
                  "type",
                  type,
                  "key",
                  "Enter",
                  "code",
                  "Enter",
                  "windowsVirtualKeyCode",
                  13,
                  "text",
                  "\r"));
    }
  }

  /** Sets the size of the window, and whether its user likes it dark. */
  void screen(int width, int height, boolean isDark) throws Exception {
    var unused =
        call(
            "Emulation.setDeviceMetricsOverride",
            Map.of(
                "width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    var unusedToo =
        call(
            "Emulation.setEmulatedMedia",
            Map.of(
                "features",
                List.of(
                    Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  /** A picture of the window, as PNG. */
  byte[] picture() throws Exception {
    return Base64.getDecoder()
        .decode(text(call("Page.captureScreenshot", Map.of("format", "png")), "data"));
  }

  /** Messages that the pages logged, errors that they threw and loads that their policy refused. */
  List<String> problems() {
    List<String> found = new ArrayList<>(problems);
    problems.clear();
    return found;
  }

  private static String text(@Nullable JsonValue json, String member) {
    return json instanceof JsonObject object
            && object.members().get(member) instanceof JsonString string
        ? string.value()
        : "";
  }

  @Override
  public void close() {
    try {
      tell("Browser.close", Map.of());
      boolean unused = process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      devTools.close();
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
