package io.tracestore.provider.postgresql.schema;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the column {@code labels}, and of a query's search in it: an object with those of
 * environment, user, session, error and tags that are set. Text in it is {@linkplain EscapedText
 * escaped}.
 */
public final class Labels {
  /** The name of a trace's environment. */
  public static final String ENVIRONMENT = "environment";

  private final StringBuilder json = new StringBuilder("{");

  /** Those of a trace's header. */
  public static Labels of(FlowTrace header) {
    TraceMetadata metadata = header.metadata();
    return new Labels()
        .add(ENVIRONMENT, metadata.environment())
        .add("user", metadata.userId())
        .add("session", metadata.sessionId())
        .add(
            "error",
            header.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null)
        .addTags(metadata.tags());
  }

  public Labels add(String name, @Nullable String value) {
    if (value != null) {
      separate();
      quote(name);
      json.append(':');
      quote(value);
    }
    return this;
  }

  public Labels addTags(Map<String, String> tags) {
    if (!tags.isEmpty()) {
      separate();
      json.append("\"tags\":{");
      tags.forEach(this::add);
      json.append('}');
    }
    return this;
  }

  public boolean isEmpty() {
    return json.length() == 1;
  }

  public String toJson() {
    return json + "}";
  }

  private void separate() {
    if (json.charAt(json.length() - 1) != '{') {
      json.append(',');
    }
  }

  private void quote(String text) {
    String escaped = EscapedText.escape(text);
    json.append('"');
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        default -> {
          if (c < ' ') {
            json.append("\\u00").append(Character.forDigit(c >> 4, 16));
            json.append(Character.forDigit(c & 0xF, 16));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
