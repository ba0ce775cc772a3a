"""The CDK's standard tests of a connector, without those that need a container engine."""

from __future__ import annotations

from airbyte_cdk.test.standard_tests import SourceTestSuiteBase


class StandardSuite(SourceTestSuiteBase):
    """Subclasses give ``connector`` and the fixture ``scenario``."""

    # The container images are checked without an engine, from their Dockerfiles.
    test_docker_image_build_and_spec = None
    test_docker_image_spec_backward_compatibility = None
    test_docker_image_build_and_check = None
    test_docker_image_build_and_config_matches_spec = None
    test_docker_image_build_and_discover = None
    test_docker_image_build_and_read = None
