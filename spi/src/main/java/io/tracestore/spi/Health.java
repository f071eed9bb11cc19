package io.tracestore.spi;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The result of a {@link TraceStore#healthCheck()} that succeeded.
 *
 * @param latency how long the check took
 * @param detail one line on what was checked, such as the engine and its version
 * @param warnings a line for each thing that works but is not as it should be; usually empty
 */
public record Health(Duration latency, String detail, List<String> warnings) {
  public Health {
    Objects.requireNonNull(latency, "latency");
    Objects.requireNonNull(detail, "detail");
    warnings = List.copyOf(warnings);
  }
}
