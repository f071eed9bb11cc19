package io.tracestore.migration.spans;

/** Where spans come from. */
public enum Origin {
  ZIPKIN("zipkin"),
  OTLP("otlp"),
  JAEGER("jaeger");

  private final String id;

  Origin(String id) {
    this.id = id;
  }

  /** The tag {@code source} of its traces. */
  public String id() {
    return id;
  }

  /** What the names begin with that are given to what has no field of its own. */
  public String prefix() {
    return id + ".";
  }
}
