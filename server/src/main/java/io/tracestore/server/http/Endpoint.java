package io.tracestore.server.http;

import java.io.IOException;

/** Answers the requests of one route, on a virtual thread of its own each. */
@FunctionalInterface
public interface Endpoint {
  /**
   * The answer to {@code call}.
   *
   * @throws IOException if the body cannot be read
   */
  Answer answer(Call call) throws IOException;
}
