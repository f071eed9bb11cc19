package io.tracestore.system.packaging;

import io.tracestore.system.packaging.Application.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * An application works on the class path, with a logger that writes everything from INFO on to the
 * errors.
 */
class ClassPathTest extends ApplicationTests {
  @Override
  End run(String uri) {
    try {
      return application().runOnClassPath(List.of(Application.logger()), List.of(), uri);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
