package io.tracestore.server.zipkin;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import io.tracestore.server.http.Answer;
import io.tracestore.server.http.Call;
import io.tracestore.server.http.Endpoint;
import io.tracestore.server.http.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zipkin2.Span;
import zipkin2.codec.DependencyLinkBytesEncoder;
import zipkin2.codec.SpanBytesEncoder;
import zipkin2.storage.QueryRequest;
import zipkin2.storage.StorageComponent;

/**
 * Answers the questions of Zipkin's API, as its own server does.
 *
 * @see <a href="https://zipkin.io/zipkin-api/">Zipkin API v2</a>
 */
public final class ZipkinQueries {
  private static final String ROOT = "/api/v2/";
  private static final String TRACE = ROOT + "trace/";
  private static final String JSON = "application/json";
  private static final long DEFAULT_LOOKBACK_MILLIS = 86_400_000;
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 1000;
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int TOO_LARGE = 413;

  private final StorageComponent storage;
  private final long maxAnswerBytes;

  /** Queries of {@code storage}; a longer answer is refused. */
  public ZipkinQueries(StorageComponent storage, long maxAnswerBytes) {
    this.storage = storage;
    this.maxAnswerBytes = maxAnswerBytes;
  }

  /** Adds all routes. */
  public void addTo(Router router) {
    add(
        router,
        "services",
        call -> names(storage.serviceAndSpanNames().getServiceNames().execute()));
    add(
        router,
        "spans",
        call -> names(storage.serviceAndSpanNames().getSpanNames(service(call)).execute()));
    add(
        router,
        "remoteServices",
        call ->
            names(storage.serviceAndSpanNames().getRemoteServiceNames(service(call)).execute()));
    add(router, "autocompleteKeys", call -> names(storage.autocompleteTags().getKeys().execute()));
    add(
        router,
        "autocompleteValues",
        call -> names(storage.autocompleteTags().getValues(required(call, "key")).execute()));
    add(router, "traces", call -> traces(storage.spanStore().getTraces(request(call)).execute()));
    add(
        router,
        "traceMany",
        call ->
            traces(
                storage
                    .traces()
                    .getTraces(Arrays.asList(required(call, "traceIds").split(",", -1)))
                    .execute()));
    add(router, "trace/*", this::trace);
    add(router, "dependencies", this::dependencies);
  }

  private static void add(Router router, String path, Endpoint endpoint) {
    router.add(
        "GET",
        ROOT + path,
        call -> {
          try {
            return endpoint.answer(call);
          } catch (IllegalArgumentException e) {
            return Answer.plain(BAD_REQUEST, "" + e.getMessage());
          }
        });
  }

  private Answer trace(Call call) throws IOException {
    String id = call.path().substring(TRACE.length());
    List<Span> spans = storage.traces().getTrace(id).execute();
    if (spans.isEmpty()) {
      return Answer.plain(NOT_FOUND, "no trace has this id");
    }
    return answer(SpanBytesEncoder.JSON_V2.encodeList(spans));
  }

  private Answer dependencies(Call call) throws IOException {
    long endTs = number(call, "endTs", System.currentTimeMillis());
    long lookback = number(call, "lookback", DEFAULT_LOOKBACK_MILLIS);
    return answer(
        DependencyLinkBytesEncoder.JSON_V1.encodeList(
            storage.spanStore().getDependencies(endTs, lookback).execute()));
  }

  private static QueryRequest request(Call call) {
    QueryRequest.Builder request =
        QueryRequest.newBuilder()
            .serviceName(call.parameter("serviceName"))
            .remoteServiceName(call.parameter("remoteServiceName"))
            .spanName(call.parameter("spanName"))
            .parseAnnotationQuery(call.parameter("annotationQuery"))
            .endTs(number(call, "endTs", System.currentTimeMillis()))
            .lookback(number(call, "lookback", DEFAULT_LOOKBACK_MILLIS))
            .limit((int) Math.min(number(call, "limit", DEFAULT_LIMIT), MAX_LIMIT));
    if (hasValue(call.parameter("minDuration"))) {
      request.minDuration(number(call, "minDuration", 0));
    }
    if (hasValue(call.parameter("maxDuration"))) {
      request.maxDuration(number(call, "maxDuration", 0));
    }
    return request.build();
  }

  private static boolean hasValue(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private static long number(Call call, String name, long otherwise) {
    String text = call.parameter(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a whole number", e);
    }
  }

  private static String service(Call call) {
    return required(call, "serviceName");
  }

  private static String required(Call call, String name) {
    String value = call.parameter(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private Answer names(List<String> names) {
    return Answer.json(OK, ReflowJson.write(JsonValue.from(names)));
  }

  private Answer traces(List<List<Span>> traces) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    json.write('[');
    for (int i = 0; i < traces.size() && json.size() <= maxAnswerBytes; i++) {
      if (i > 0) {
        json.write(',');
      }
      json.writeBytes(SpanBytesEncoder.JSON_V2.encodeList(traces.get(i)));
    }
    json.write(']');
    return answer(json.toByteArray());
  }

  private Answer answer(byte[] json) {
    return json.length > maxAnswerBytes
        ? Answer.plain(
            TOO_LARGE, "the answer has more than %d bytes; ask for less".formatted(maxAnswerBytes))
        : Answer.of(OK, JSON, json);
  }
}
