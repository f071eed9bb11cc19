package io.tracestore.migration.spans;

/** The format that spans come from. */
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

  /** The prefix of the names of attributes that keep values without a field of their own. */
  public String prefix() {
    return id + ".";
  }
}
