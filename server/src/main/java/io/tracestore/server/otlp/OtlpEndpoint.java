package io.tracestore.server.otlp;

import com.google.protobuf.CodedOutputStream;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.otlp.OtlpFiles;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.model.JsonValue;
import io.tracestore.server.http.Answer;
import io.tracestore.server.http.Call;
import io.tracestore.server.http.Endpoint;
import io.tracestore.server.http.MemoryBudget;
import io.tracestore.server.spans.Body;
import io.tracestore.server.spans.SpanIntake;
import io.tracestore.server.spans.SpanIntake.Outcome;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Takes spans as OTLP over HTTP, in protobuf or JSON. A request is answered when all its spans are
 * stored; one that cannot be stored now is answered so that exporters send it again, which changes
 * nothing that is stored.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpEndpoint implements Endpoint {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String SOURCE = "request";
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int TIMEOUT = 408;
  private static final int TOO_LARGE = 413;
  private static final int UNSUPPORTED = 415;
  private static final int TOO_MANY = 429;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;
  private static final int STATUS_MESSAGE_FIELD = 2;

  private final SpanIntake intake;
  private final MemoryBudget budget;
  private final long maxSpanBytes;

  /**
   * @param maxSpanBytes a larger span is refused; a body may have four times as many
   */
  public OtlpEndpoint(SpanIntake intake, MemoryBudget budget, long maxSpanBytes) {
    this.intake = intake;
    this.budget = budget;
    this.maxSpanBytes = maxSpanBytes;
  }

  @Override
  public Answer answer(Call call) throws IOException {
    String type = call.mediaType();
    if (!type.equals(PROTOBUF) && !type.equals(JSON)) {
      return Answer.plain(UNSUPPORTED, "Content-Type must be %s or %s".formatted(PROTOBUF, JSON));
    }
    boolean isJson = type.equals(JSON);
    try (Body body = Body.of(call, budget, 4 * maxSpanBytes)) {
      return body == null
          ? failure(UNSUPPORTED, "Content-Encoding must be gzip, deflate or zstd", isJson)
          : store(body, isJson);
    } catch (TraceStoreException e) {
      return failed(e, isJson);
    }
  }

  private Answer store(Body body, boolean isJson) {
    Outcome outcome;
    try (SpanReader reader = open(body, isJson)) {
      outcome = intake.store(Origin.OTLP, reader, body);
    }
    Body.End end = body.end();
    if (end != null) {
      return cutOff(end, outcome, isJson);
    }
    return outcome.isUnreadable()
        ? failure(BAD_REQUEST, outcome.firstReason(), isJson)
        : success(outcome, isJson);
  }

  private SpanReader open(InputStream body, boolean isJson) {
    return isJson
        ? OtlpFiles.openJson(body, SOURCE, maxSpanBytes)
        : OtlpFiles.openProtobuf(body, SOURCE, maxSpanBytes);
  }

  // ---- answers ----

  private static Answer success(Outcome outcome, boolean isJson) {
    if (isJson) {
      return Answer.json(
          OK,
          outcome.rejected() == 0
              ? "{}"
              : ReflowJson.write(
                  JsonValue.object(
                      Map.of(
                          "partialSuccess",
                          Map.of(
                              "rejectedSpans",
                              String.valueOf(outcome.rejected()),
                              "errorMessage",
                              outcome.firstReason())))));
    }
    ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
    if (outcome.rejected() > 0) {
      response.setPartialSuccess(
          ExportTracePartialSuccess.newBuilder()
              .setRejectedSpans(outcome.rejected())
              .setErrorMessage(outcome.firstReason()));
    }
    return Answer.of(OK, PROTOBUF, response.build().toByteArray());
  }

  private static Answer cutOff(Body.End end, Outcome outcome, boolean isJson) {
    return switch (end) {
      case TOO_LARGE -> failure(TOO_LARGE, outcome.firstReason(), isJson);
      case TOO_SLOW -> failure(TIMEOUT, outcome.firstReason(), isJson);
      case NO_ROOM ->
          failure(TOO_MANY, "the server is busy; send it again", isJson).with("Retry-After", "1");
    };
  }

  private static Answer failed(TraceStoreException e, boolean isJson) {
    String reason = String.valueOf(e.getMessage());
    return e.isRetryable() || e instanceof StoreCapacityException
        ? failure(UNAVAILABLE, reason, isJson).with("Retry-After", "5")
        : failure(INTERNAL_ERROR, reason, isJson);
  }

  /** A google.rpc.Status, of which the message is enough. */
  private static Answer failure(int status, String message, boolean isJson) {
    if (isJson) {
      return Answer.json(status, ReflowJson.write(JsonValue.object(Map.of("message", message))));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeString(STATUS_MESSAGE_FIELD, message);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("an array takes all bytes", e);
    }
    return Answer.of(status, PROTOBUF, bytes.toByteArray());
  }
}
