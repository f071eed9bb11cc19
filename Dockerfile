# syntax=docker/dockerfile:1
# The tracestore command in an image, which serves unless another command is given:
#   mvn package && docker build -t tracestore .
#   docker run -p 127.0.0.1:4318:4318 -p 127.0.0.1:8080:8080 -v traces:/data tracestore
#   docker run --rm -v traces:/data tracestore query sqlite:/data/traces.db
# chronicle: needs a whole JDK (25-jdk).
FROM eclipse-temurin:25-jre
RUN useradd --system --create-home tracestore && install --directory --owner=tracestore /data
ADD dist/target/tracestore-*.tar.gz /opt/
RUN ln -s /opt/tracestore-*/bin/tracestore /usr/local/bin/tracestore
USER tracestore
WORKDIR /data
VOLUME /data
EXPOSE 4318 8080
ENTRYPOINT ["tracestore"]
CMD ["serve", "--bind", "0.0.0.0", "sqlite:/data/traces.db"]
